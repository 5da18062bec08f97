import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  type CallToolResult,
  CallToolResultSchema,
  type Tool as ListedTool,
  ListToolsResultSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { CfWorkerJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/cfworker';
import { SystemError } from '../../../contracts/errors.ts';
import type { JsonObject } from '../../../contracts/json.ts';
import { answerRefused } from '../http-errors.ts';
import type { createMcpFetch } from './mcp-fetch.ts';

export interface McpCall {
  readonly name: string;
  readonly arguments: JsonObject;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** A session with an MCP server, for one call at a time. */
export interface McpConnection {
  /** What it lists now. */
  list(signal: AbortSignal, timeoutMs: number): Promise<ListedTool[]>;
  call(call: McpCall): Promise<CallToolResult>;
  close(): Promise<void>;
}

const MOST_TOOLS = 2_000;
/** Of a list. A server could turn over new ones for ever. */
const MOST_PAGES = 100;
/** So long after the end of a body what it said may still be on its way through the client. */
const LAST_WORD_MS = 100;

/** @throws what the SDK does: see mcp-failure.ts */
export async function connectMcp(
  url: string,
  token: string | undefined,
  fetchFor: ReturnType<typeof createMcpFetch>,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<McpConnection> {
  /** Of the work that is under way. */
  let breaks: (error: unknown) => void = () => {};
  let exchanges = 0;
  const watched: typeof fetch = (target, init) => {
    const broken = breaks;
    exchanges += 1;
    const own = exchanges;
    return fetchFor(({ error, canResume }) => {
      // The client goes on where the stream broke; nobody else would notice that it did.
      if (canResume && error === undefined) return;
      const ended = error ?? new SystemError('mcp_unavailable', 'the MCP server ended its answer before it was whole');
      setTimeout(() => {
        // Where another exchange has begun, this one had its answer.
        if (own === exchanges) broken(ended);
      }, LAST_WORD_MS).unref();
    })(target, init);
  };
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    fetch: watched,
    ...(token !== undefined && { requestInit: { headers: { authorization: `Bearer ${token}` } } }),
  });
  const client = new Client(
    { name: 'muster', version: '1' },
    { jsonSchemaValidator: new CfWorkerJsonSchemaValidator() },
  );
  /** The SDK's own answer, or how the connection broke under it. */
  async function unbroken<T>(work: () => Promise<T>): Promise<T> {
    const broken = Promise.withResolvers<never>();
    broken.promise.catch(() => {});
    breaks = broken.reject;
    return Promise.race([work(), broken.promise]);
  }

  try {
    await unbroken(() => client.connect(transport, { signal, timeout: timeoutMs }));
  } catch (error) {
    await client.close().catch(() => {});
    throw error;
  }
  return {
    list: (stop, timeout) =>
      unbroken(async () => {
        const tools: ListedTool[] = [];
        let cursor: string | undefined;
        const inTime = AbortSignal.any([stop, AbortSignal.timeout(timeout)]);
        for (let pages = 1; ; pages += 1) {
          const params = cursor === undefined ? {} : { cursor };
          const asked = { method: 'tools/list' as const, params };
          const page = await client.request(asked, ListToolsResultSchema, { signal: inTime, timeout });
          tools.push(...page.tools);
          cursor = page.nextCursor;
          if (cursor === undefined) return tools;
          if (tools.length >= MOST_TOOLS || pages >= MOST_PAGES)
            throw answerRefused(
              `the MCP server lists more than ${MOST_TOOLS} tools, or on more than ${MOST_PAGES} pages`,
            );
        }
      }),
    call: ({ name, arguments: given, idempotencyKey, signal: stop, timeoutMs: timeout }) =>
      unbroken(() =>
        client.request(
          {
            method: 'tools/call',
            params: { name, arguments: given, _meta: { 'muster/idempotencyKey': idempotencyKey } },
          },
          CallToolResultSchema,
          { signal: stop, timeout, maxTotalTimeout: timeout },
        ),
      ),
    close: () => client.close(),
  };
}
