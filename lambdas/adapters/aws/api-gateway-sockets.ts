import { createHash } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { SystemError } from '../../contracts/errors.ts';
import type { Sockets } from '../../runtime/stream/stream-ports.ts';
import { secureRandom, systemSleep } from '../system.ts';
import type { ClientSettings } from './clients.ts';
import { type Credentials, signedHeaders } from './sign-request.ts';

const CODE = 'stream_unavailable';
const TRIES = 3;
const FIRST_WAIT_MS = 50;
/** Who does not take a frame within this is too slow for it. */
const TIMEOUT_MS = 2_000;

class TooSlow extends Error {}

/**
 * The other ends of a WebSocket API, by its management interface, without the SDK's client.
 * @param base of the stage: `https://<api>.execute-api.<region>.amazonaws.com/<stage>`, or its like on the local cloud
 */
export function apiGatewaySockets(
  { region }: ClientSettings,
  base: string,
  credentials: () => Credentials,
  sleep: (ms: number) => Promise<void> = systemSleep,
): Sockets {
  const secure = base.startsWith('https:');
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 64 });

  function once(method: 'POST' | 'DELETE', connectionId: string, text: string): Promise<number> {
    const id = encodeURIComponent(connectionId);
    const body = Buffer.from(text);
    // What is signed is the path as it is sent, encoded once more: only S3's is signed as it is.
    const signed = signedHeaders(
      {
        method,
        url: new URL(`${base}/%2540connections/${encodeURIComponent(id)}`),
        headers: { 'content-type': 'text/plain', 'content-length': String(body.length) },
        bodySha256: createHash('sha256').update(body).digest('hex'),
      },
      credentials(),
      { region, service: 'execute-api' },
      new Date(),
    );
    return new Promise((resolve, reject) => {
      const options = { method, headers: signed, agent, timeout: TIMEOUT_MS };
      const url = new URL(`${base}/%40connections/${id}`);
      const sent = (secure ? httpsRequest : httpRequest)(url, options, (answer) => {
        answer.on('error', reject);
        answer.on('end', () => resolve(answer.statusCode ?? 0));
        answer.resume();
      });
      sent.on('timeout', () => sent.destroy(new TooSlow(`no answer within ${TIMEOUT_MS / 1_000} s`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** The answer that no other try makes better. */
  async function call(method: 'POST' | 'DELETE', connectionId: string, text = ''): Promise<number | 'slow'> {
    for (let tries = 1; ; tries += 1) {
      const isLast = tries === TRIES;
      try {
        const status = await once(method, connectionId, text);
        if (status < 500 && status !== 429) return status;
        if (isLast && status === 429) return 'slow';
        if (isLast) throw new SystemError(CODE, `the WebSocket API answered ${status}`);
      } catch (error) {
        if (error instanceof TooSlow) return 'slow';
        if (isLast)
          throw error instanceof SystemError
            ? error
            : new SystemError(CODE, 'the WebSocket API can not be reached', undefined, { cause: error });
      }
      await sleep(secureRandom() * FIRST_WAIT_MS * 2 ** (tries - 1));
    }
  }

  return {
    async post(connectionId, frame) {
      const status = await call('POST', connectionId, frame);
      if (status === 'slow') return 'slow';
      if (status === 410) return 'gone';
      if (status < 300) return 'sent';
      throw new SystemError(CODE, `the WebSocket API refused a frame with ${status}`);
    },
    async close(connectionId) {
      const status = await call('DELETE', connectionId);
      if (status !== 'slow' && status >= 300 && status !== 410)
        throw new SystemError(CODE, `the WebSocket API refused to close a connection with ${status}`);
    },
  };
}
