import type * as z from 'zod';
import { API_LIMITS } from '../../../contracts/api/common.ts';
import type { ApiRoute } from '../../../contracts/api/route.ts';
import { DataError } from '../../../contracts/errors.ts';
import { parseHostileJson } from '../../../contracts/hostile-json.ts';
import { ApiError } from '../api-error.ts';
import type { HttpRequest } from '../http.ts';

/** The parts of a request, each checked against the schema of its route. */
export interface CheckedRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly headers: unknown;
  readonly body: unknown;
}

type Part = keyof CheckedRequest;

/** @throws ApiError naming every field that is wrong */
export function readRequest(
  request: HttpRequest,
  route: ApiRoute,
  params: Readonly<Record<string, string>>,
): CheckedRequest {
  return {
    params: route.params && checked('params', route.params, params),
    query: route.query && checked('query', route.query, queryOf(request.query, route.query)),
    headers: route.headers && checked('headers', route.headers, request.headers),
    body: route.body && checked('body', route.body, bodyOf(request)),
  };
}

/** Bounds that hold whatever is asked for. @throws ApiError */
export function checkBounds({ path, query, headers, body }: HttpRequest): void {
  if (path.length + query.length > API_LIMITS.url) throw new ApiError('too_large', 'the URL is too long');
  const declared = Number(headers['content-length'] ?? body.byteLength);
  if (body.byteLength > API_LIMITS.body || declared > API_LIMITS.body)
    throw new ApiError('too_large', `the body is larger than ${API_LIMITS.body} bytes`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are refused
  if (/[\0-\x1f\x7f]|%00/i.test(path + query))
    throw new ApiError('malformed_request', 'the URL holds control characters');
}

function queryOf(text: string, schema: z.ZodObject): Record<string, string> {
  const said: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (Object.hasOwn(said, name)) throw invalid(`query.${name}`, 'is said twice');
    if (!Object.hasOwn(schema.shape, name)) throw invalid(`query.${name.slice(0, 64)}`, 'is not known here');
    said[name] = value;
  }
  return said;
}

function bodyOf({ headers, body }: HttpRequest): unknown {
  if (body.byteLength === 0) return undefined;
  const type = headers['content-type'] ?? 'application/json';
  if (!/^application\/(?:[\w.-]+\+)?json\s*(;|$)/i.test(type))
    throw new ApiError('unsupported_media_type', 'send the body as application/json');
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity')
    throw new ApiError('unsupported_media_type', 'send the body as it is, not compressed');
  return readJson(body);
}

/** @throws ApiError */
function readJson(body: Uint8Array): unknown {
  try {
    return parseHostileJson(body, { bytes: API_LIMITS.body, depth: API_LIMITS.depth });
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const problem = error.code === 'body_too_large' ? 'too_large' : 'malformed_request';
    throw new ApiError(problem, error.message, { code: error.code });
  }
}

function checked(part: Part, schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.slice(0, 20).map(({ path, message }) => ({
    field: [part, ...path.map(String)].join('.').slice(0, 200),
    reason: message.slice(0, 300),
  }));
  const first = errors[0];
  throw new ApiError('invalid_request', first ? `${first.field}: ${first.reason}` : 'the request does not fit', {
    extras: { errors },
  });
}

const invalid = (field: string, reason: string): ApiError =>
  new ApiError('invalid_request', `${field} ${reason}`, { extras: { errors: [{ field, reason }] } });
