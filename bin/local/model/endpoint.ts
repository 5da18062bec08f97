import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { ChatRequest, forcedTool } from './chat-request.ts';
import { ContextExceeded, type Generated, type SmallModel } from './small-model.ts';

/** The id that the local model answers to. */
export const LOCAL_MODEL = 'smollm2-135m';
const LONGEST_BODY = 1024 * 1024;

/** An OpenAI-compatible endpoint before a model in this process: models, chat completions, streaming, JSON schemas. */
export function modelEndpoint(model: SmallModel): Server {
  return createServer((request, response) => {
    answer(request, response, model).catch((error: unknown) => refuse(response, error));
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, model: SmallModel): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  if (request.method === 'GET' && path === '/v1/models')
    return send(response, 200, { object: 'list', data: [{ id: LOCAL_MODEL, object: 'model', owned_by: 'local' }] });
  if (request.method !== 'POST' || path !== '/v1/chat/completions')
    return send(response, 404, {
      error: { message: `there is no ${request.method} ${path}`, type: 'not_found_error' },
    });
  const asked = ChatRequest.parse(JSON.parse(await bodyOf(request)));
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  await (asked.stream ? stream(asked, response, model, gone.signal) : whole(asked, response, model, gone.signal));
}

async function whole(
  asked: ChatRequest,
  response: ServerResponse,
  model: SmallModel,
  signal: AbortSignal,
): Promise<void> {
  const generated = await model.generate(asked, () => {}, signal);
  const tool = forcedTool(asked);
  const message = tool
    ? { role: 'assistant', content: null, tool_calls: [toolCall(tool.name, generated)] }
    : { role: 'assistant', content: generated.text };
  send(response, 200, {
    ...frame('chat.completion'),
    choices: [{ index: 0, message, finish_reason: finishOf(generated, tool !== undefined) }],
    usage: usageOf(generated),
  });
}

async function stream(
  asked: ChatRequest,
  response: ServerResponse,
  model: SmallModel,
  signal: AbortSignal,
): Promise<void> {
  const tool = forcedTool(asked);
  const common = frame('chat.completion.chunk');
  const chunk = (delta: object, finish: string | null = null, more: object = {}): void => {
    if (!response.headersSent)
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(
      `data: ${JSON.stringify({ ...common, choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`,
    );
  };
  const generated = await model.generate(
    asked,
    (content) => void (tool || chunk({ role: 'assistant', content })),
    signal,
  );
  if (tool) chunk({ role: 'assistant', tool_calls: [{ index: 0, ...toolCall(tool.name, generated) }] });
  chunk({}, finishOf(generated, tool !== undefined));
  if (asked.stream_options?.include_usage) {
    response.write(`data: ${JSON.stringify({ ...common, choices: [], usage: usageOf(generated) })}\n\n`);
  }
  response.end('data: [DONE]\n\n');
}

const frame = (object: string) => ({
  id: `chatcmpl-${randomUUID()}`,
  object,
  created: Math.floor(Date.now() / 1_000),
  model: LOCAL_MODEL,
});

const toolCall = (name: string, { text }: Generated) => ({
  id: `call_${randomUUID()}`,
  type: 'function',
  function: { name, arguments: text },
});

const finishOf = ({ finish }: Generated, isTool: boolean): string =>
  isTool && finish === 'stop' ? 'tool_calls' : finish;

const usageOf = ({ promptTokens, completionTokens }: Generated) => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > LONGEST_BODY) throw new SyntaxError(`the body is longer than ${LONGEST_BODY} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ContextExceeded) {
    send(response, 400, { error: { code: 400, message, type: 'exceed_context_size_error' } });
    return;
  }
  const isTheirs = error instanceof z.ZodError || error instanceof SyntaxError;
  const type = isTheirs ? 'invalid_request_error' : 'server_error';
  send(response, isTheirs ? 400 : 500, { error: { message, type } });
}
