import { delimiter, dirname, join } from 'node:path';
import { PROJECT } from './home.ts';

const KEPT = ['HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TZ', 'TERM', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'];
const KEPT_PREFIXES = [
  'PIP_',
  'npm_config_',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
];

/**
 * The environment of everything the local cloud starts: the project's Node first on PATH, and nothing of the
 * user's AWS settings, because Lambda workers inherit it and would call whatever account or emulator it names.
 */
export function cleanEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value === undefined) continue;
    if (KEPT.includes(name) || KEPT_PREFIXES.some((prefix) => name.startsWith(prefix))) env[name] = value;
  }
  const path = [dirname(process.execPath), join(PROJECT, 'node_modules', '.bin'), process.env.PATH ?? '/usr/bin:/bin'];
  return { ...env, PATH: path.join(delimiter), ...extra };
}

/** What makes an AWS client or the CDK CLI talk to the local cloud and to nothing else. */
export function localAwsEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}
