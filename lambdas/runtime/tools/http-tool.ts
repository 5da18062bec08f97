import * as z from 'zod';
import type { HttpRequest, ToolContext } from '../tool.ts';
import { defineTool, type ToolOptions } from './define-tool.ts';

const Method = z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
type Method = z.infer<typeof Method>;

const Output = z.object({
  status: z.number().int(),
  url: z.string(),
  contentType: z.string(),
  body: z.string(),
});

export interface HttpToolOptions
  extends Partial<
    Pick<
      ToolOptions<z.ZodType, z.ZodType>,
      'name' | 'description' | 'effects' | 'permissions' | 'privileged' | 'hosts' | 'rate' | 'usd' | 'timeoutSeconds'
    >
  > {
  /** Default: GET and HEAD. Others need `effects`. */
  readonly methods?: readonly [Method, ...Method[]];
  /** Of an answer. Default: 256 KiB. */
  readonly longestAnswer?: number;
  /** Headers that are sent along, such as a key: what the caller does not see. */
  headers?(context: ToolContext): Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;
}

const HARMLESS: readonly Method[] = ['GET', 'HEAD'];

/**
 * HTTP as a tool: to the hosts of the manifest's `reaches.hosts`, and nowhere else. What it answers comes from outside.
 * @throws Error when it may change something and does not say how that is repeated
 */
export function httpTool(options: HttpToolOptions = {}) {
  const { methods = ['GET', 'HEAD'], longestAnswer = 256 * 1024, headers = () => ({}), effects, ...rest } = options;
  const changes = methods.filter((method) => !HARMLESS.includes(method));
  const { name = 'http', description = `Asks a web address (${methods.join(', ')}) and tells its answer.` } = options;
  if (changes.length > 0 && (effects === undefined || effects === 'none'))
    throw new Error(`tool ${name}: ${changes.join(', ')} may change something; say \`effects\`: idempotent or outside`);
  const withKey = effects === 'idempotent' || effects === 'outside';
  return defineTool({
    ...rest,
    ...{ name, description, effects: effects ?? 'none', outside: true },
    // A body as text may take up to six times as many bytes in JSON.
    maxBytes: Math.min(16 * 1024 * 1024, longestAnswer * 6 + 16_384),
    input: z.object({
      url: z.url().max(4_096),
      method: z.enum(methods).default(methods[0]),
      body: z.string().max(200_000).optional(),
      contentType: z.string().max(200).optional(),
    }),
    output: Output,
    async run({ url, method, body, contentType }, context) {
      const request: HttpRequest = {
        method,
        maxBytes: longestAnswer,
        timeoutMs: Math.max(1, context.deadline - context.clock.now()),
        headers: {
          ...(contentType !== undefined && { 'content-type': contentType }),
          ...(withKey && { 'idempotency-key': context.idempotencyKey }),
          ...(await headers(context)),
        },
        ...(body !== undefined && { body }),
      };
      const { status, url: at, headers: told, body: answer } = await context.fetch(url, request);
      return { status, url: at, contentType: told['content-type'] ?? '', body: answer };
    },
  });
}
