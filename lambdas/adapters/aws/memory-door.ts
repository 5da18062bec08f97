import { createHash } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { SystemError } from '../../contracts/errors.ts';
import { doorOfAgent, MemoryReply } from '../../contracts/memory.ts';
import type { MemoryDoor } from '../../runtime/memory/ability.ts';
import { secureRandom, systemSleep } from '../system.ts';
import type { ClientSettings } from './clients.ts';
import { serviceCall } from './service-failure.ts';
import { type Credentials, signedHeaders } from './sign-request.ts';

const CODE = 'memory_unavailable';
const TRIES = 4;
const FIRST_WAIT_MS = 200;
/** As long as the memory Lambda takes at most. */
const TIMEOUT_MS = 60_000;

interface Answer {
  readonly status: number;
  readonly failed: boolean;
  readonly body: string;
}

/**
 * The memory Lambda, invoked by the alias of this agent, without the SDK's client. What it is asked it does once however
 * often it is told, so what does not arrive is sent again.
 */
export function memoryDoor(
  { region, endpoint }: ClientSettings,
  functionName: string,
  credentials: () => Credentials,
  sleep: (ms: number) => Promise<void> = systemSleep,
): MemoryDoor {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const base = endpoint?.replace(/\/$/, '') ?? `https://lambda.${region}.${domain}`;
  const secure = base.startsWith('https:');
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 64 });

  function once(door: string, text: string): Promise<Answer> {
    const path = (colon: string): URL =>
      new URL(`${base}/2015-03-31/functions/${functionName}${colon}${door}/invocations`);
    const body = Buffer.from(text);
    // What is signed is the path as it is sent, encoded once more: only S3's is signed as it is.
    const signed = signedHeaders(
      {
        method: 'POST',
        url: path('%253A'),
        headers: { 'content-type': 'application/json', 'content-length': String(body.length) },
        bodySha256: createHash('sha256').update(body).digest('hex'),
      },
      credentials(),
      { region, service: 'lambda' },
      new Date(),
    );
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', headers: signed, agent, timeout: TIMEOUT_MS };
      const sent = (secure ? httpsRequest : httpRequest)(path('%3A'), options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const failed = answer.headers['x-amz-function-error'] !== undefined;
          resolve({ status: answer.statusCode ?? 0, failed, body: Buffer.concat(chunks).toString() });
        });
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  async function invoke(door: string, text: string): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      try {
        const answer = await once(door, text);
        if ((answer.status < 500 && answer.status !== 429 && !answer.failed) || tries === TRIES) return answer;
      } catch (error) {
        if (tries === TRIES) throw error;
      }
      await sleep(secureRandom() * FIRST_WAIT_MS * 2 ** (tries - 1));
    }
  }

  return (name, request) =>
    serviceCall(CODE, 'asking the memory', async () => {
      const { status, failed, body } = await invoke(doorOfAgent(name), JSON.stringify(request));
      if (status !== 200 || failed)
        throw new SystemError(
          CODE,
          `the memory Lambda answered ${failed ? 'with an error' : status}: ${body.slice(0, 300)}`,
        );
      return MemoryReply.parse(JSON.parse(body));
    });
}
