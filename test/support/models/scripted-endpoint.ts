import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';

/** A request as the endpoint got it. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What an endpoint does with one request. */
export type Reaction =
  | {
      readonly status: number;
      readonly json?: unknown;
      readonly text?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Chunks, then: the end as it should be; the end without saying so; or a connection that is gone, at that moment. */
  | { readonly chunks: readonly unknown[]; readonly end: 'done' | 'silence' | Promise<unknown> }
  /** Half of a JSON body, then a connection that is gone. */
  | { readonly half: string }
  | { readonly hang: true };

/** An OpenAI-compatible endpoint on this machine, by default on a free port, that does what it is told, and mostly misbehaves. */
export async function scriptedEndpoint(
  script: (request: SeenRequest, count: number) => Reaction | Promise<Reaction>,
  port = 0,
) {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const asked = { path: request.url ?? '', headers: request.headers, body: text === '' ? {} : JSON.parse(text) };
    seen.push(asked);
    react(await script(asked, seen.length), response);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the endpoint has no port');
  return {
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    seen,
    async close(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function react(reaction: Reaction, response: ServerResponse): void {
  if ('hang' in reaction) return;
  if ('half' in reaction) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100000' });
    response.write(reaction.half, () => response.destroy());
    return;
  }
  if ('chunks' in reaction) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const chunk of reaction.chunks)
      response.write(`data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`);
    if (reaction.end === 'done') response.end('data: [DONE]\n\n');
    else if (reaction.end === 'silence') response.end();
    else reaction.end.then(() => response.destroy());
    return;
  }
  const { status, json, text, headers } = reaction;
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(text ?? JSON.stringify(json ?? {}));
}

const frame = (object: string) => ({ id: 'chatcmpl-1', object, created: 1_767_225_600, model: 'scripted' });
const usage = { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 };

/** A whole answer. */
export function says(content: string, finish = 'stop'): Reaction {
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: finish }];
  return { status: 200, json: { ...frame('chat.completion'), choices, usage } };
}

/** An answer that asks for a tool. */
export function asksFor(name: string, args: string, id = 'call_1'): Reaction {
  const tool_calls = [{ id, type: 'function', function: { name, arguments: args } }];
  const choices = [
    { index: 0, message: { role: 'assistant', content: null, tool_calls }, finish_reason: 'tool_calls' },
  ];
  return { status: 200, json: { ...frame('chat.completion'), choices, usage } };
}

/** One piece of a streamed answer. */
export const piece = (content: string, finish: string | null = null) => ({
  ...frame('chat.completion.chunk'),
  choices: [{ index: 0, delta: { content }, finish_reason: finish }],
});
export const lastPiece = { ...frame('chat.completion.chunk'), choices: [], usage };
