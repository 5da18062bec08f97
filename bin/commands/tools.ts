import { readFile, writeFile } from 'node:fs/promises';
import { readLock } from '../../lambdas/adapters/tools/mcp/mcp-tools.ts';
import {
  differences,
  listMcpTools,
  type PinChoice,
  pin,
  type ToolDifference,
} from '../../lambdas/adapters/tools/mcp/pin-tools.ts';
import { issuesOf } from '../../lambdas/contracts/errors.ts';
import { McpServer } from '../../lambdas/contracts/mcp-settings.ts';
import type { PinnedTool, ToolLock } from '../../lambdas/contracts/tool-lock.ts';
import { ToolEffects } from '../../lambdas/contracts/tool-names.ts';
import { loadConfig } from '../../lib/config.ts';
import { CliError } from '../cli-error.ts';
import { LOCAL_STAGE } from '../cloud/target.ts';
import { differencesText } from '../views/tool-differences.ts';
import { type GlobalOptions, print } from './options.ts';

export interface PinOptions {
  readonly lock: string;
  readonly url?: string;
  readonly tokenFrom?: string;
  readonly only?: readonly string[];
  readonly effects?: readonly string[];
  readonly privileged?: readonly string[];
  readonly check?: boolean;
  readonly yes?: boolean;
}

/** `muster tools pin SERVER`: writes down what tools of a server may be used, as they are now. */
export async function pinTools(server: string, options: PinOptions, { stage }: GlobalOptions): Promise<void> {
  const before = await lockAt(options.lock);
  if (before && before.server !== server)
    throw new CliError(`${options.lock} holds the tools of "${before.server}"`, 'name another file: --lock FILE');
  const token = options.tokenFrom === undefined ? undefined : process.env[options.tokenFrom];
  if (options.tokenFrom !== undefined && !token) throw new CliError(`the variable ${options.tokenFrom} is empty`);
  const listed = await listMcpTools(server, settingsOf(server, options, stage), token);
  const wanted = options.only ?? before?.tools.map(({ name }) => name) ?? listed.map(({ name }) => name);
  const missing = wanted.filter((name) => !listed.some((tool) => tool.name === name));
  if (options.only && missing.length > 0) throw new CliError(`"${server}" has no tool ${missing.join(', ')}`);
  const chosen = listed.filter(({ name }) => wanted.includes(name));
  const found = differences(server, before, chosen);
  if (found.length > 0) print(differencesText(found));
  refuseUnseen(found, options, server);
  if (options.check) return print(`what "${server}" says of its tools is what was pinned`);
  const tools = chosen.map((tool) =>
    pin(
      server,
      tool,
      choiceFor(
        tool.name,
        before?.tools.find(({ name }) => name === tool.name),
        options,
      ),
    ),
  );
  const lock: ToolLock = { lock: 1, server, tools };
  await writeFile(options.lock, `${JSON.stringify(lock, null, 2)}\n`);
  print(
    tools
      .map(({ name, effects, privileged }) => `pinned ${name}: effects ${effects}${privileged ? ', privileged' : ''}`)
      .join('\n'),
  );
}

/** What differs from what somebody has agreed to needs a word of agreement. */
function refuseUnseen(found: readonly ToolDifference[], { check, yes }: PinOptions, server: string): void {
  const changed = found.filter(({ what }) => what !== 'new').map(({ name }) => name);
  if (changed.length === 0 || (yes && !check)) return;
  throw new CliError(
    `"${server}" says something else of ${changed.join(', ')} than when it was pinned; calls are refused until then`,
    'if that is what you want: npx muster tools pin … --yes',
  );
}

function settingsOf(server: string, { url }: PinOptions, stage = LOCAL_STAGE): McpServer {
  const configured = url === undefined ? loadConfig(stage, process.env).mcp[server] : { url };
  if (!configured)
    throw new CliError(
      `stage "${stage}" has no MCP server "${server}"`,
      'name it in `mcp` of its configuration, or give its --url',
    );
  const parsed = McpServer.safeParse(configured);
  if (!parsed.success) throw new CliError(`--url: ${issuesOf(parsed.error)}`);
  return parsed.data;
}

async function lockAt(path: string): Promise<ToolLock | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return readLock(JSON.parse(text));
  } catch (error) {
    throw new CliError(
      `${path}: ${error instanceof Error ? error.message : String(error)}`,
      'delete it, and pin the tools anew',
    );
  }
}

/** What is said now; else what was said before; else the most careful. */
function choiceFor(
  name: string,
  before: PinnedTool | undefined,
  { effects = [], privileged = [] }: PinOptions,
): PinChoice {
  const said = effects.map((text) => text.split('=')).find(([tool]) => tool === name)?.[1];
  const parsed = ToolEffects.safeParse(said ?? before?.effects ?? 'outside');
  if (!parsed.success) throw new CliError(`--effects ${name}=${said}: it is none, idempotent or outside`);
  const isPrivileged = privileged.includes(name) || before?.privileged === true;
  const { permissions, perMinute, timeoutSeconds } = before ?? {};
  return {
    effects: parsed.data,
    ...(isPrivileged && { privileged: true }),
    ...(permissions && { permissions }),
    ...(perMinute !== undefined && { perMinute }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  };
}
