import type { Tool as ListedTool } from '@modelcontextprotocol/sdk/types.js';
import type { McpServer } from '../../../contracts/mcp-settings.ts';
import type { PinnedTool, ToolLock } from '../../../contracts/tool-lock.ts';
import { ToolName } from '../../../contracts/tool-names.ts';
import { toolHash } from '../../../runtime/tools/tool-hash.ts';
import { connectMcp } from './mcp-connection.ts';
import { faceOf } from './mcp-faces.ts';
import { connectFailure } from './mcp-failure.ts';
import { createMcpFetch } from './mcp-fetch.ts';
import { checkOf } from './mcp-schema.ts';

const CONNECT_MS = 15_000;
const LONGEST_LIST = 8 * 1024 * 1024;
const LONGEST_DESCRIPTION = 16_384;
/**
 * Characters that a person does not see and a model reads: control and format characters, fillers, and the variation
 * selectors, in which whole texts can be hidden behind a letter. U+FE0F only colours an emoji.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}]|(?!\uFE0F)\p{Default_Ignorable_Code_Point}/u;

/** What a server lists, asked by a person at a command line. @throws MusterError */
export async function listMcpTools(
  name: string,
  { url, private: isPrivate }: McpServer,
  token?: string,
): Promise<ListedTool[]> {
  const fetchFor = createMcpFetch({ url, longestAnswer: LONGEST_LIST, loopback: true, private: isPrivate });
  const signal = AbortSignal.timeout(2 * CONNECT_MS);
  try {
    const connection = await connectMcp(url, token, fetchFor, signal, CONNECT_MS);
    try {
      return await connection.list(signal, CONNECT_MS);
    } finally {
      await connection.close();
    }
  } catch (error) {
    throw connectFailure(name, error, token);
  }
}

/** What a person says of a tool when it is pinned. */
export type PinChoice = Pick<PinnedTool, 'effects' | 'privileged' | 'permissions' | 'perMinute' | 'timeoutSeconds'>;

/** A tool as it is pinned. @throws Error when nobody should */
export function pin(server: string, listed: ListedTool, choice: PinChoice): PinnedTool {
  const face = faceOf(server, listed);
  const { description, input, output } = face;
  const problem = problemOf(server, listed);
  if (problem !== undefined) throw new Error(`${listed.name} can't be pinned: ${problem}`);
  return { name: listed.name, description, input, ...(output && { output }), hash: toolHash(face), ...choice };
}

function problemOf(server: string, listed: ListedTool): string | undefined {
  const { name, description, input, output } = faceOf(server, listed);
  if (!ToolName.safeParse(name).success) return `models do not take the name "${name}"`;
  const texts = [description, JSON.stringify(input), JSON.stringify(output ?? {})];
  if (texts.some((text) => text.length > LONGEST_DESCRIPTION))
    return `its description or a schema is longer than ${LONGEST_DESCRIPTION}`;
  const hidden = INVISIBLE.exec(texts.map((text) => text.replaceAll(/[\n\t\r]/g, ' ')).join(' '));
  if (hidden)
    return `it holds a character that nobody sees (U+${hidden[0].codePointAt(0)?.toString(16).padStart(4, '0')})`;
  try {
    checkOf(input);
    if (output) checkOf(output);
    return undefined;
  } catch (error) {
    return `its schema can't be used: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A tool that differs between a lock and what its server says now. */
export interface ToolDifference {
  readonly name: string;
  readonly what: 'new' | 'changed' | 'gone';
  readonly before?: PinnedTool;
  readonly now?: ListedTool;
}

/** @param before undefined: nothing was pinned yet */
export function differences(
  server: string,
  before: ToolLock | undefined,
  now: readonly ListedTool[],
): ToolDifference[] {
  const pinned = new Map(before?.tools.map((tool) => [tool.name, tool]));
  const listed = new Map(now.map((tool) => [tool.name, tool]));
  const gone = [...pinned.values()].filter(({ name }) => !listed.has(name));
  return [
    ...now.flatMap((tool): ToolDifference[] => {
      const known = pinned.get(tool.name);
      if (!known) return [{ name: tool.name, what: 'new', now: tool }];
      return known.hash === toolHash(faceOf(server, tool))
        ? []
        : [{ name: tool.name, what: 'changed', before: known, now: tool }];
    }),
    ...gone.map((tool): ToolDifference => ({ name: tool.name, what: 'gone', before: tool })),
  ];
}
