import { ENV } from '../../../contracts/environment.ts';
import { issuesOf } from '../../../contracts/errors.ts';
import { JsonObject } from '../../../contracts/json.ts';
import { McpServers } from '../../../contracts/mcp-settings.ts';
import { type PinnedTool, ToolLock } from '../../../contracts/tool-lock.ts';
import { SERVER_SEPARATOR } from '../../../contracts/tool-names.ts';
import type { Tool } from '../../../runtime/tool.ts';
import { checkedResult } from '../../../runtime/tools/checked-result.ts';
import { toolChanged } from '../../../runtime/tools/errors.ts';
import { toolHash } from '../../../runtime/tools/tool-hash.ts';
import { secretsClient } from '../../aws/clients.ts';
import { required } from '../../aws/required.ts';
import { secretsManagerSecrets } from '../../aws/secrets-manager-secrets.ts';
import type { ToolSource } from '../agent-tools.ts';
import { resultOf } from './mcp-result.ts';
import { checkOf } from './mcp-schema.ts';
import { createMcpServer, type PooledMcpServer } from './mcp-server.ts';

const LONGEST_RESULT = 1024 * 1024;
/** What a protocol puts around a result, which it tells twice where it is structured. */
const LONGEST_ANSWER = 3 * LONGEST_RESULT;

/**
 * The tools of an MCP server, as they were pinned: `tools(mcpTools(lock))`, where `lock` is what `muster tools pin` has
 * written. In a file of its own, because it brings the MCP SDK along.
 * @throws Error when the lock was changed by hand, or the configuration does not know the server
 */
export function mcpTools(lock: unknown): ToolSource {
  const { server: name, tools } = readLock(lock);
  return ({ settings, env, clock }) => {
    const servers = McpServers.parse(JSON.parse(required(env, ENV.mcpServers)));
    const server = servers[name];
    if (!server) throw new Error(`this deployment has no MCP server "${name}": add it to \`mcp\` of its configuration`);
    const { secret } = server;
    const pooled = createMcpServer({
      ...{ name, settings: server, clock, longestAnswer: LONGEST_ANSWER },
      loopback: env[ENV.loopbackTools] === 'true',
      ...(secret !== undefined && { token: () => secretsManagerSecrets(secretsClient(settings), clock).get(secret) }),
    });
    return tools.map((tool) => pinnedTool(name, tool, pooled));
  };
}

/** @throws Error naming what is wrong */
export function readLock(lock: unknown): ToolLock {
  const parsed = ToolLock.safeParse(lock);
  if (!parsed.success) throw new Error(`this is no lock of tools: ${issuesOf(parsed.error)}`);
  const { server, tools } = parsed.data;
  for (const tool of tools)
    if (toolHash(pinnedFace(server, tool)) !== tool.hash)
      throw new Error(`the lock of "${server}" was changed by hand at "${tool.name}": ${repin(server)}`);
  return parsed.data;
}

const repin = (server: string): string => `npx muster tools pin ${server}`;
const pinnedFace = (server: string, { name, description, input, output }: PinnedTool) => ({
  ...{ name: server + SERVER_SEPARATOR + name, version: 'mcp', description, input, output },
});

/** A tool that is asked of a server, if it still is what was pinned. */
export function pinnedTool(server: string, pinned: PinnedTool, pooled: PooledMcpServer): Tool {
  const { privileged = false, permissions = [], perMinute, timeoutSeconds = 30, effects, hash } = pinned;
  const face = pinnedFace(server, pinned);
  const checkInput = checkOf(face.input);
  const checkOutput = face.output && checkOf(face.output);
  const check = (listed: string | undefined): void => {
    if (listed === undefined) throw toolChanged(face.name, `"${server}" does not list it any more`, repin(server));
    if (listed !== hash) throw toolChanged(face.name, `"${server}" describes it otherwise now`, repin(server));
  };
  return {
    ...face,
    ...{ hash, effects, permissions, privileged, outside: true, timeoutSeconds },
    ...{
      rate: perMinute === undefined ? undefined : { perMinute },
      usd: 0,
      maxBytes: LONGEST_RESULT,
      hosts: undefined,
    },
    prepare(input) {
      const given = JsonObject.safeParse(input);
      if (!given.success) return { problem: 'they are no object' };
      const problem = checkInput(given.data);
      if (problem !== undefined) return { problem };
      return {
        async run({ signal, deadline, clock, idempotencyKey }) {
          const timeoutMs = Math.max(1, deadline - clock.now());
          const call = { name: pinned.name, arguments: given.data, idempotencyKey, signal, timeoutMs };
          return resultOf(face.name, await pooled.call(call, check), checkOutput !== undefined);
        },
      };
    },
    check(result) {
      const answer = checkedResult(result);
      const problem = 'problem' in answer ? undefined : checkOutput?.(answer.value);
      return problem === undefined ? answer : { problem };
    },
  };
}
