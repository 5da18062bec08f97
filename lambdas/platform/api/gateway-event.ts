import * as z from 'zod';
import type { HttpRequest, HttpResponse } from './http.ts';

/** What API Gateway hands over (payload format 2.0), as far as it is of use. */
const GatewayEvent = z.object({
  rawPath: z.string(),
  rawQueryString: z.string().default(''),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z.object({
    stage: z.string().default('$default'),
    http: z.object({ method: z.string(), sourceIp: z.string().default('unknown') }),
  }),
});

/** @throws z.ZodError when it is none */
export function requestOfEvent(event: unknown): HttpRequest {
  const { rawPath, rawQueryString, headers, body = '', isBase64Encoded, requestContext } = GatewayEvent.parse(event);
  const { stage, http } = requestContext;
  const prefix = `/${stage}`;
  const inStage = stage !== '$default' && (rawPath === prefix || rawPath.startsWith(`${prefix}/`));
  return {
    method: http.method.toUpperCase(),
    path: inStage ? rawPath.slice(prefix.length) : rawPath,
    query: rawQueryString,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: isBase64Encoded ? Buffer.from(body, 'base64') : bytesOf(body),
    source: http.sourceIp,
  };
}

/** What API Gateway puts in the place of bytes that are no UTF-8, before anybody sees them. */
const REPLACEMENT = '\ufffd';

/** Such bytes are bytes again that are none, so that they are refused where all such are. */
function bytesOf(text: string): Buffer {
  if (!text.includes(REPLACEMENT)) return Buffer.from(text, 'utf8');
  const parts = text.split(REPLACEMENT).flatMap((part) => [Buffer.from([0xff]), Buffer.from(part, 'utf8')]);
  return Buffer.concat(parts.slice(1));
}

/** The answer as API Gateway wants it. */
export const eventAnswer = ({ status, headers, body }: HttpResponse) => ({
  statusCode: status,
  headers,
  body,
  isBase64Encoded: false,
});
