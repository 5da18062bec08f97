import { APICallError, InvalidResponseDataError } from '@ai-sdk/provider';
import * as z from 'zod';
import { MusterError } from '../../contracts/errors.ts';
import {
  badAnswer,
  contextTooLong,
  noSuchModel,
  notPermitted,
  requestRefused,
  saysTooLong,
  Throttled,
  Unavailable,
} from '../../runtime/models/errors.ts';
import { withoutSecret } from '../without-secret.ts';

/**
 * What went wrong at an OpenAI-compatible endpoint, by its status and, where that says too little, by its words. Those of the
 * endpoint come without our key; the AI SDK's own errors hold its whole answer, so they go no further.
 */
export function openAiFailure(error: unknown, began: boolean, key = ''): Error {
  if (error instanceof MusterError) return error;
  if (began || !APICallError.isInstance(error))
    return InvalidResponseDataError.isInstance(error) && !began
      ? badAnswer(withoutSecret(error.message, key))
      : brokenOff(error, began, key);
  const { statusCode: status, responseHeaders = {} } = error;
  const said = withoutSecret(messageIn(error), key).slice(0, 1_000);
  if (status === undefined || (status >= 200 && status < 300))
    return status === undefined ? brokenOff(error, began, key) : badAnswer(withoutSecret(error.message, key));
  // OpenAI says 429 for an account without money, too: that does not pass by waiting.
  if (status === 429 && /insufficient_quota|billing/i.test(`${said} ${error.responseBody}`)) return notPermitted(said);
  if (status === 429) return new Throttled(said, retryAfter(responseHeaders, Date.now()));
  if (status === 413 || saysTooLong(said)) return contextTooLong(said);
  if (status === 401 || status === 403) return notPermitted(said);
  if (status === 404) return noSuchModel(said);
  // 408 and 409 pass; what a server that failed has done before nobody knows.
  if (status >= 500 || status === 408 || status === 409)
    return new Unavailable('model_unavailable', `the provider answered ${status}: ${said}`, status !== 503);
  return requestRefused(`${status}: ${said}`);
}

/** A connection that ended. Once bytes have come, the provider has worked, and may charge for it. */
function brokenOff(error: unknown, began: boolean, key: string): Unavailable {
  const said = withoutSecret(Failure.safeParse(error).data?.message || String(error), key).slice(0, 1_000);
  if (began) return new Unavailable('model_stream_broken', `the answer broke off: ${said}`, true);
  const causes = causesOf(error);
  const neverSent = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/.test(causes);
  return new Unavailable('model_unavailable', `the provider can't be reached: ${said}`, !neverSent);
}

/** What is known of an error and of those behind it. */
const Failure = z.object({ message: z.string().catch(''), code: z.string().catch(''), cause: z.unknown().optional() });

function causesOf(error: unknown): string {
  const texts: string[] = [];
  for (let next = Failure.safeParse(error).data; next && texts.length < 5; next = Failure.safeParse(next.cause).data)
    texts.push(`${next.code} ${next.message}`);
  return texts.join(' ');
}

/** Endpoints that are only nearly compatible put it elsewhere: `{"error": "…"}`, `{"detail": "…"}`, plain text. */
function messageIn({ message, responseBody }: APICallError): string {
  return message && responseBody && !responseBody.includes(message)
    ? responseBody
    : message || responseBody || 'no reason given';
}

/** Seconds or a date, as HTTP has it (RFC 9110, 10.2.3). */
export function retryAfter(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const text = headers['retry-after'];
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - now) / 1_000);
}
