import { createHash } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type * as z from 'zod';
import { SystemError } from '../../contracts/errors.ts';
import { secureRandom, systemSleep } from '../system.ts';
import type { ClientSettings } from './clients.ts';
import { type ServiceCode, serviceCall } from './service-failure.ts';
import { type Credentials, signedHeaders } from './sign-request.ts';

const TRIES = 4;
const FIRST_WAIT_MS = 200;
/** As long as a Lambda that is asked so takes at most. */
const TIMEOUT_MS = 60_000;

interface Answer {
  readonly status: number;
  readonly failed: boolean;
  readonly body: string;
}

/** How a Lambda is invoked by one of its aliases. */
export interface InvokeOptions {
  readonly settings: ClientSettings;
  readonly functionName: string;
  readonly credentials: () => Credentials;
  /** What its failures are called. */
  readonly code: ServiceCode;
  /** Answers as soon as Lambda has taken the request, with nothing. Default: with what the function answers. */
  readonly asynchronous?: boolean;
  readonly sleep?: (ms: number) => Promise<void>;
}

/**
 * Invokes a Lambda by its aliases, without the SDK's client, which would be most of a bundle. What does not arrive is sent
 * again: the function does once what it is asked several times.
 */
export function invokeByAlias(options: InvokeOptions): (door: string, request: unknown) => Promise<string> {
  const { settings, functionName, credentials, code, asynchronous = false, sleep = systemSleep } = options;
  const { region, endpoint } = settings;
  const good = asynchronous ? 202 : 200;

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
        headers: {
          'content-type': 'application/json',
          'content-length': String(body.length),
          ...(asynchronous && { 'x-amz-invocation-type': 'Event' }),
        },
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

  return (door, request) =>
    serviceCall(code, 'invoking a Lambda', async () => {
      const { status, failed, body } = await invoke(door, JSON.stringify(request));
      if (status !== good || failed)
        throw new SystemError(code, `the Lambda answered ${failed ? 'with an error' : status}: ${body.slice(0, 300)}`);
      return body;
    });
}

/** The same for an answer that is to be read. @throws SystemError by this code also when it is no such reply */
export function askByAlias<S extends z.ZodType>(
  options: Omit<InvokeOptions, 'asynchronous'>,
  reply: S,
): (door: string, request: unknown) => Promise<z.output<S>> {
  const invoke = invokeByAlias(options);
  return async (door, request) => {
    const text = await invoke(door, request);
    return serviceCall(options.code, "reading a Lambda's answer", async () => reply.parse(JSON.parse(text)));
  };
}
