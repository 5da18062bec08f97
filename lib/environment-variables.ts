/** Turns a variable's text into a setting; throws a message that says what it should look like. */
type Read = (text: string) => unknown;

const asNumber: Read = (text) => {
  if (!/^\d+$/.test(text)) throw new Error(`"${text}" is not a whole number`);
  return Number(text);
};

const asBoolean: Read = (text) => {
  const word = text.toLowerCase();
  if (['true', '1', 'yes', 'on'].includes(word)) return true;
  if (['false', '0', 'no', 'off'].includes(word)) return false;
  throw new Error(`"${text}" is neither true nor false`);
};

const asMegabytes: Read = (text) => {
  const [, digits, unit = 'MB'] = /^(\d+)\s*(MB|MIB|M|GB|GIB|G)?$/i.exec(text) ?? [];
  if (digits === undefined) throw new Error(`"${text}" is not a size such as "512MB"`);
  return Number(digits) * (unit.toUpperCase().startsWith('G') ? 1_024 : 1);
};

const asLogLevel: Read = (text) => {
  const level = text.toLowerCase();
  if (level === 'warning') return 'warn';
  return level === 'critical' ? 'error' : level;
};

const asSecretName: Read = (text) => {
  // The text itself stays out of the message: it holds a password.
  if (text.includes('://'))
    throw new Error('is a URL; put the URL into a secret of AWS Secrets Manager and give the name of that secret');
  return text;
};

const asJson: Read = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('is not JSON');
  }
};

const asText: Read = (text) => text;

/** The environment variables of the seed documents, and ours beside them: what they set and how they are read. */
const VARIABLES: ReadonlyArray<readonly [variable: string, path: string, read: Read]> = [
  ['AGENT_ETL_LOG_LEVEL', 'logs.level', asLogLevel],
  ['AGENT_ETL_MAX_WORKERS', 'agents.maxWorkers', asNumber],
  ['AGENT_ETL_MEMORY_LIMIT', 'agents.memoryLimitMb', asMegabytes],
  ['DATABASE_URL', 'etl.sourceDatabaseSecret', asSecretName],
  ['CONNECTION_POOL_SIZE', 'database.poolSize', asNumber],
  ['CONNECTION_TIMEOUT', 'database.connectionTimeoutSeconds', asNumber],
  // The CDK CLI sets these two; an explicit region wins.
  ['CDK_DEFAULT_ACCOUNT', 'account', asText],
  ['CDK_DEFAULT_REGION', 'region', asText],
  ['AWS_REGION', 'region', asText],
  ['AWS_SECRETS_MANAGER_ENABLED', 'secretsManager', asBoolean],
  ['MONITORING_ENABLED', 'monitoring.enabled', asBoolean],
  ['MUSTER_ETL_TARGET_SECRET', 'etl.targetDatabaseSecret', asSecretName],
  ['MUSTER_ETL_TARGET_SCHEMA', 'etl.targetSchema', asText],
  ['MUSTER_ETL_WEATHER_URL', 'etl.weatherUrl', asText],
  ['MUSTER_ETL_REST_REACH', 'etl.restReach', asText],
  ['MUSTER_EMULATOR_IAM', 'emulatorEnforcesIam', asBoolean],
  ['MUSTER_IDENTITY', 'identity', asJson],
  ['MUSTER_CORS_ORIGINS', 'api.corsOrigins', asJson],
  ['MUSTER_MODELS', 'models', asJson],
  ['MUSTER_MCP', 'mcp', asJson],
  ['MUSTER_TENANCY', 'tenancy', asJson],
  ['MUSTER_MEMORY_EMBEDDINGS', 'memory.embeddings', asText],
  ['MUSTER_QUARANTINE_POLICY', 'quarantine', asJson],
  ['MUSTER_AUDIT_LOCK', 'audit.lock', asText],
  ['MUSTER_AUDIT_DAYS', 'audit.retentionDays', asNumber],
  ['MUSTER_SIEM', 'audit.siem', asText],
  ['MUSTER_KMS_KEY_ARN', 'kmsKeyArn', asText],
  ['MUSTER_MESSAGES', 'messages', asJson],
  ['MUSTER_ARCHIVE_DAYS', 'archiveAfterDays', asNumber],
  ['MUSTER_ALARM_TOPIC_ARN', 'monitoring.alarmTopicArn', asText],
  ['MUSTER_RUNBOOK_URL', 'monitoring.runbookUrl', asText],
];

/** Which variable sets a path. */
export const VARIABLE_OF: Readonly<Record<string, string>> = Object.fromEntries(
  VARIABLES.map(([variable, path]) => [path, variable]),
);

/** The settings that the environment makes, as a tree. What can't be read is added to `problems` by path and variable. */
export function settingsFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): Record<string, unknown> {
  const settings: Record<string, Record<string, unknown> | unknown> = {};
  for (const [variable, path, read] of VARIABLES) {
    const text = environment[variable]?.trim();
    if (!text) continue;
    try {
      put(settings, path.split('.'), read(text));
    } catch (error) {
      problems.push(`${path} (from ${variable}): ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return settings;
}

function put(tree: Record<string, unknown>, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    tree[first] = value;
    return;
  }
  const branch: Record<string, unknown> = { ...(typeof tree[first] === 'object' ? tree[first] : {}) };
  put(branch, rest, value);
  tree[first] = branch;
}
