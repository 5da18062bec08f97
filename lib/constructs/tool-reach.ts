import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { ENV } from '../../lambdas/contracts/environment.ts';
import type { Manifest } from '../../lambdas/contracts/manifest.ts';
import type { McpServers } from '../../lambdas/contracts/mcp-settings.ts';
import { serverOf } from '../../lambdas/contracts/tool-names.ts';
import type { Config } from '../config.ts';
import { readingOf } from './grants.ts';

export interface ToolSurroundings {
  readonly config: Config;
}

/**
 * The MCP servers that an agent's tools come from.
 * @throws Error naming agent and tool when the configuration does not know the server
 */
function serversOf({ name, uses }: Manifest, { mcp, secretsManager }: Config): McpServers {
  const reached: McpServers = {};
  for (const tool of uses.tools) {
    const server = serverOf(tool);
    if (server === undefined) continue;
    const settings = Object.hasOwn(mcp, server) ? mcp[server] : undefined;
    if (!settings)
      throw new Error(
        `agent ${name} uses tool "${tool}" of an MCP server that the configuration does not have; it has: ${Object.keys(mcp).join(', ') || 'none'}. Name it in \`mcp\` (docs/guides/tools.md)`,
      );
    if (settings.secret !== undefined && !secretsManager)
      throw new Error(`MCP server "${server}" of agent ${name} needs its secret, and secretsManager is off`);
    reached[server] = settings;
  }
  return reached;
}

/** The tokens of exactly those servers. */
export function toolStatements(scope: Construct, manifest: Manifest, { config }: ToolSurroundings): PolicyStatement[] {
  const secrets = new Set(Object.values(serversOf(manifest, config)).flatMap(({ secret }) => secret ?? []));
  return [...secrets].map((secret) => readingOf(scope, secret));
}

export function toolEnvironment(manifest: Manifest, { config }: ToolSurroundings): Record<string, string> {
  const servers = serversOf(manifest, config);
  return {
    ...(Object.keys(servers).length > 0 && { [ENV.mcpServers]: JSON.stringify(servers) }),
    ...(manifest.uses.tools.length > 0 && config.tools.loopback && { [ENV.loopbackTools]: 'true' }),
  };
}
