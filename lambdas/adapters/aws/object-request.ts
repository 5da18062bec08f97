import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { secureRandom, systemSleep } from '../system.ts';
import type { ClientSettings } from './clients.ts';
import { type Credentials, signedHeaders } from './sign-request.ts';

export interface ObjectAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** One request for an object of a bucket; `body` comes with its own sha256. */
export interface ObjectRequest {
  readonly method: 'GET' | 'PUT';
  readonly key: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly bytes: Buffer; readonly sha256: string };
}

const EMPTY = { bytes: Buffer.alloc(0), sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' };
const TRIES = 5;
const FIRST_WAIT_MS = 100;
const TIMEOUT_MS = 15_000;

/** True for answers that may be better next time. */
const isPassing = (status: number): boolean => status >= 500 || status === 429;

/**
 * S3 by its REST interface, for whole objects under plain keys: what blobs need, without the SDK's client.
 * Tries again, with exponential backoff and full jitter, when S3 is busy or out of reach.
 */
export function objectRequests(
  { region, endpoint }: ClientSettings,
  bucket: string,
  credentials: () => Credentials,
  sleep: (ms: number) => Promise<void> = systemSleep,
): (request: ObjectRequest) => Promise<ObjectAnswer> {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const base = endpoint ? `${endpoint.replace(/\/$/, '')}/${bucket}/` : `https://${bucket}.s3.${region}.${domain}/`;
  const secure = base.startsWith('https:');
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 64 });

  function once({ method, key, headers = {}, body = EMPTY }: ObjectRequest): Promise<ObjectAnswer> {
    const url = new URL(base + key);
    const all = { ...headers, 'content-length': String(body.bytes.length) };
    const signable = { method, url, headers: all, bodySha256: body.sha256 };
    const signed = signedHeaders(signable, credentials(), { region, service: 's3' }, new Date());
    return new Promise((resolve, reject) => {
      const options = { method, headers: signed, agent, timeout: TIMEOUT_MS };
      const sent = (secure ? httpsRequest : httpRequest)(url, options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) }));
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`)));
      sent.on('error', reject);
      sent.end(body.bytes);
    });
  }

  return async (request) => {
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await once(request);
        if (!isPassing(answer.status) || tries === TRIES) return answer;
      } catch (error) {
        if (tries === TRIES) throw error;
      }
      await sleep(secureRandom() * FIRST_WAIT_MS * 2 ** (tries - 1));
    }
  };
}
