import type { HttpAnswer, HttpRequest } from '../../runtime/tool.ts';
import { answerRefused } from './http-errors.ts';

const MOST_BYTES = 1024 * 1024;

/**
 * All of an answer, counted while it comes.
 * @throws NonRecoverableError `http_answer_refused` when it is too long, or packed although that was not asked for
 */
export async function readAnswer(
  response: Response,
  url: URL,
  { maxBytes = MOST_BYTES, as = 'text' }: HttpRequest,
): Promise<HttpAnswer> {
  const { status, headers } = response;
  const tooLong = (): Error => answerRefused(`the answer of ${url.host} is longer than ${maxBytes} bytes`);
  const packed = headers.get('content-encoding');
  const refuse = async (error: Error): Promise<never> => {
    await response.body?.cancel().catch(() => {});
    throw error;
  };
  // A few packed bytes may become any number of them.
  if (packed !== null && packed !== 'identity')
    return refuse(answerRefused(`${url.host} answers packed (${packed}), which is not read`));
  if (Number(headers.get('content-length') ?? 0) > maxBytes) return refuse(tooLong());
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    // Leaving the loop cancels the rest.
    if (bytes > maxBytes) throw tooLong();
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  return {
    ...{ status, url: url.href, headers: Object.fromEntries(headers) },
    body: body.toString(as === 'text' ? 'utf8' : 'base64'),
  };
}
