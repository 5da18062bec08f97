import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  type Tool as ListedTool,
  ListToolsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';

export interface ServedTool extends Omit<ListedTool, 'name'> {
  run(input: Record<string, unknown>, call: { key: unknown; close(): void }): Promise<CallToolResult> | CallToolResult;
}

/** What a test may do to the server while it runs. */
export interface ServedMcp {
  readonly url: string;
  readonly tools: Map<string, ServedTool>;
  /** Methods that were asked for, in order. */
  readonly asked: string[];
  readonly authorizations: Set<string | undefined>;
  /** Forgets all sessions, as a restart does. */
  restart(): void;
  /** Answers the next POSTs of this method with this status instead. */
  failWith(method: string, status: number, times?: number, text?: string): void;
  /** How long it takes for each request, ms. */
  delayMs: number;
  /** What comes after this page of its list; its tools are on the last one. Default: there is one page. */
  pages: (cursor: string | undefined) => string | undefined;
  close(): Promise<void>;
}

export const textResult = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });

/** A real MCP server, the SDK's own, over HTTP on this machine. */
export async function serveMcp(tools: Record<string, ServedTool>, port = 0): Promise<ServedMcp> {
  const served = new Map(Object.entries(tools));
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const asked: string[] = [];
  const authorizations = new Set<string | undefined>();
  const failures: Array<{ method: string; status: number; text: string }> = [];
  const ways: Pick<ServedMcp, 'delayMs' | 'pages'> = { delayMs: 0, pages: () => undefined };

  async function newSession(): Promise<StreamableHTTPServerTransport> {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    const server = new Server({ name: 'test', version: '1.0.0' }, { capabilities: { tools: { listChanged: true } } });
    server.setRequestHandler(ListToolsRequestSchema, ({ params }) => {
      const nextCursor = ways.pages(params?.cursor);
      if (nextCursor !== undefined) return { nextCursor, tools: [] };
      return { tools: [...served].map(([name, { run: _run, ...tool }]) => ({ name, ...tool })) };
    });
    server.setRequestHandler(CallToolRequestSchema, async ({ params }, { requestId }) => {
      const tool = served.get(params.name);
      if (!tool) return { isError: true, ...textResult(`there is no tool ${params.name}`) };
      const close = () => transport.closeSSEStream(requestId);
      return tool.run(params.arguments ?? {}, { key: params._meta?.['muster/idempotencyKey'], close });
    });
    // The SDK's own types do not agree with each other under exactOptionalPropertyTypes.
    await server.connect(transport as Parameters<Server['connect']>[0]);
    return transport;
  }

  const http = createServer(async (request, response) => {
    const body = await jsonOf(request);
    authorizations.add(request.headers.authorization);
    const method = body === undefined ? (request.method ?? '') : String(Object(body).method);
    asked.push(method);
    if (ways.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, ways.delayMs));
    const failing = failures.findIndex((failure) => failure.method === method);
    const [failure] = failing < 0 ? [] : failures.splice(failing, 1);
    if (failure) return void response.writeHead(failure.status).end(failure.text);
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? sessions.get(id) : undefined;
    if (id !== undefined && !known) return void response.writeHead(404).end('no such session');
    const transport = known ?? (await newSession());
    await transport.handleRequest(request, response, body);
  });
  await new Promise<void>((resolve) => void http.listen(port, '127.0.0.1', resolve));
  const { port: used } = http.address() as AddressInfo;
  return Object.assign(ways, {
    ...{ tools: served, asked, authorizations },
    url: `http://127.0.0.1:${used}/mcp`,
    restart: () => sessions.clear(),
    failWith(method: string, status: number, times = 1, text = 'as the test says') {
      for (let time = 0; time < times; time += 1) failures.push({ method, status, text });
    },
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => void http.close(resolve));
    },
  });
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  if (request.method !== 'POST') return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}
