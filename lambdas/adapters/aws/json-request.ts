import { createHash } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { secureRandom, systemSleep } from '../system.ts';
import type { ClientSettings } from './clients.ts';
import { type Credentials, signedHeaders } from './sign-request.ts';

/** A service that takes JSON over POST, by the target in a header. */
export interface JsonService {
  /** As its host begins and its signature says, such as "dynamodb". */
  readonly name: string;
  readonly contentType: string;
  /** What stands before the operation, such as "TrentService". */
  readonly target: string;
}

/** The service's error, by its short name. */
export class ServiceRefusal extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export type JsonCall = (operation: string, input: object) => Promise<Readonly<Record<string, unknown>>>;

const TRIES = 5;
const FIRST_WAIT_MS = 50;
const TIMEOUT_MS = 10_000;
/** Refused for now. */
const PASSING =
  /Throttl|ProvisionedThroughput|RequestLimit|InternalServerError|ServiceUnavailable|KMSInternal|DependencyTimeout/;

/**
 * A few calls of a service without the SDK's client, for agents: it would be a quarter of their bundle (docs/decisions/0009).
 * Tries again, with exponential backoff and full jitter, when the service is busy or out of reach. Like the SDK it names the
 * trace that Lambda is in, which it does not sign.
 */
export function jsonRequests(
  { region, endpoint }: ClientSettings,
  service: JsonService,
  credentials: () => Credentials,
  sleep: (ms: number) => Promise<void> = systemSleep,
): JsonCall {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const url = new URL(endpoint ? `${endpoint.replace(/\/$/, '')}/` : `https://${service.name}.${region}.${domain}/`);
  const secure = url.protocol === 'https:';
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 16 });

  function once(operation: string, body: Buffer): Promise<{ status: number; text: string }> {
    const headers = {
      'content-type': service.contentType,
      'content-length': String(body.length),
      'x-amz-target': `${service.target}.${operation}`,
    };
    const bodySha256 = createHash('sha256').update(body).digest('hex');
    const scope = { region, service: service.name };
    const signed = signedHeaders({ method: 'POST', url, headers, bodySha256 }, credentials(), scope, new Date());
    const trace = process.env._X_AMZN_TRACE_ID;
    const traced = { ...signed, ...(trace && { 'x-amzn-trace-id': trace }) };
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', headers: traced, agent, timeout: TIMEOUT_MS };
      const sent = (secure ? httpsRequest : httpRequest)(url, options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  return async (operation, input) => {
    const body = Buffer.from(JSON.stringify(input));
    for (let tries = 1; ; tries += 1) {
      try {
        const { status, text } = await once(operation, body);
        if (status === 200) return JSON.parse(text);
        const refusal = refusalOf(status, text);
        if (tries === TRIES || !(status >= 500 || PASSING.test(refusal.name))) throw refusal;
      } catch (error) {
        if (tries === TRIES || error instanceof ServiceRefusal) throw error;
      }
      await sleep(secureRandom() * FIRST_WAIT_MS * 2 ** (tries - 1));
    }
  };
}

function refusalOf(status: number, text: string): ServiceRefusal {
  try {
    const { __type: type, message, Message } = JSON.parse(text);
    return new ServiceRefusal(
      String(type ?? 'UnknownError')
        .split('#')
        .at(-1) ?? '',
      String(message ?? Message ?? status),
    );
  } catch {
    return new ServiceRefusal('UnknownError', `the service answered ${status}`);
  }
}
