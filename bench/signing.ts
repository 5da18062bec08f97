import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { memoryBlobs } from '../lambdas/adapters/memory/memory-blobs.ts';
import { memoryKeyService } from '../lambdas/adapters/memory/memory-key-service.ts';
import { memoryMessageKeys } from '../lambdas/adapters/memory/memory-message-keys.ts';
import { memoryTable } from '../lambdas/adapters/memory/memory-table.ts';
import { createMeter } from '../lambdas/adapters/memory/meter.ts';
import { systemClock, systemIds } from '../lambdas/adapters/system.ts';
import type { Header } from '../lambdas/contracts/envelope.ts';
import { asJson } from '../lambdas/contracts/json.ts';
import { decodeMessage, encodeMessage } from '../lambdas/runtime/message-codec.ts';
import { wrappedKeyOf } from '../lambdas/runtime/signing/jwe.ts';
import { openDetached } from '../lambdas/runtime/signing/jws.ts';
import {
  createMessageSecurity,
  type MessageSecurity,
  NO_MESSAGE_SECURITY,
} from '../lambdas/runtime/signing/message-security.ts';
import type { Bench, BenchOptions } from './bench.ts';
import { cpuMicros } from './best.ts';

const MESSAGES = 5_000;
const CONTAINERS = 20;

/** An assignment as the coordinator sends thousands of them. */
const PAYLOAD = asJson({
  run_id: `run_${'a'.repeat(40)}`,
  task: {
    task_id: 'step-17',
    task_type: 'etl.extract',
    description: '',
    inputs: { table: 'flights', day: '2026-02-01' },
    priority: 2,
    deadline: 1_767_225_600,
  },
  upstream: { plan: { value: { rows: 1_000 } } },
});
const header = (n: number): Header => ({
  ...{ message_id: `m${n}`, correlation_id: 'c', timestamp: new Date().toISOString(), sender: 'coordinator' },
  ...{
    receiver: 'worker',
    message_type: 'task_assignment',
    priority: 2,
    ttl: 300,
    tenant: 'default',
    schema_version: 1,
  },
});
const round = (micros: number): number => Math.round(micros * 10) / 10;

function world() {
  const blobs = memoryBlobs(createMeter());
  const stored = memoryMessageKeys(memoryTable(createMeter()));
  const asked = { published: 0, looked_up: 0, made: 0, unwrapped: 0 };
  const keys: typeof stored = {
    publish(key) {
      asked.published += 1;
      return stored.publish(key);
    },
    find(...args) {
      asked.looked_up += 1;
      return stored.find(...args);
    },
  };
  const own = memoryKeyService();
  const keyService: typeof own = {
    make(context) {
      asked.made += 1;
      return own.make(context);
    },
    unwrap(...args) {
      asked.unwrapped += 1;
      return own.unwrap(...args);
    },
  };
  const container = (name: string) => ({
    blobs,
    messageSecurity: createMessageSecurity({ name, clock: systemClock, ids: systemIds, keys, keyService }),
  });
  return { blobs, asked, container };
}
type Ends = { readonly from: Ports; readonly to: Ports; readonly confidential?: boolean };
type Ports = { readonly blobs: ReturnType<typeof memoryBlobs>; readonly messageSecurity: MessageSecurity };

/** CPU for each message on either side, and how long it is. */
async function costOf({ from, to, confidential = false }: Ends) {
  for (let n = 0; n < 500; n += 1)
    await decodeMessage(await encodeMessage({ header: header(n), payload: PAYLOAD }, from, { confidential }), to);
  const bodies: string[] = [];
  const start = cpuMicros();
  for (let n = 0; n < MESSAGES; n += 1)
    bodies.push(await encodeMessage({ header: header(n), payload: PAYLOAD }, from, { confidential }));
  const encoded = cpuMicros();
  for (const body of bodies) await decodeMessage(body, to);
  const decoded = cpuMicros();
  return {
    encode_us: round((encoded - start) / MESSAGES),
    decode_us: round((decoded - encoded) / MESSAGES),
    bytes: Buffer.byteLength(bodies[0] ?? ''),
  };
}

/** Many containers of an agent report to several of the coordinator: what all that asks of the registry and the key service. */
async function requestsOf() {
  const { asked, container } = world();
  const agents = Array.from({ length: CONTAINERS }, () => container('worker'));
  const coordinators = Array.from({ length: 4 }, () => container('coordinator'));
  let messages = 0;
  for (let n = 0; n < MESSAGES; n += 1) {
    const from = agents[n % agents.length];
    const to = coordinators[Math.floor(n / agents.length) % coordinators.length];
    if (!from || !to) continue;
    const report = { ...header(n), sender: 'worker', receiver: 'coordinator', message_type: 'status_update' };
    await decodeMessage(await encodeMessage({ header: report, payload: n }, from, { confidential: n % 2 === 0 }), to);
    messages += 1;
  }
  const sum = Object.values(asked).reduce((total, count) => total + count, 0);
  return {
    messages,
    containers: agents.length + coordinators.length,
    ...asked,
    requests_per_message: Math.round((1_000 * sum) / messages) / 1_000,
  };
}

const Vectors = z.looseObject({
  testGroups: z.array(
    z.looseObject({
      tests: z.array(
        z.looseObject({
          tcId: z.number(),
          result: z.string(),
          jws: z.unknown().optional(),
          jwe: z.unknown().optional(),
        }),
      ),
    }),
  ),
});

/** Vectors of other algorithms and of none: all of them must be refused, before any key is looked at. */
function wycheproof(dir: string) {
  const file = (name: string): string => join(dir, name);
  const read = (name: string, opens: (test: { jws?: unknown; jwe?: unknown }) => boolean) => {
    if (!existsSync(file(name)))
      throw new Error(`there is no ${name} in ${dir}: name the folder of the vectors with --dir`);
    const tests = Vectors.parse(JSON.parse(readFileSync(file(name), 'utf8'))).testGroups.flatMap(({ tests }) => tests);
    const invalid = tests.filter(({ result }) => result === 'invalid');
    const accepted = invalid.filter(opens).map(({ tcId }) => tcId);
    const others = tests.filter((test) => test.result !== 'invalid' && opens(test)).length;
    return {
      vectors: tests.length,
      invalid: invalid.length,
      invalid_accepted: accepted.length,
      accepted,
      other_algorithms_accepted: others,
    };
  };
  return {
    jws: read('json_web_signature_test.json', ({ jws }) => {
      const parts = typeof jws === 'string' ? jws.split('.') : [];
      return (
        openDetached(jws) !== undefined ||
        (parts.length === 3 && openDetached(`${parts[0]}..${parts[2]}`) !== undefined)
      );
    }),
    jwe: read('json_web_encryption_test.json', ({ jwe }) => {
      const [head = '', , iv = '', ciphertext = '', tag = ''] = typeof jwe === 'string' ? jwe.split('.') : [];
      return wrappedKeyOf({ protected: head, iv, ciphertext, tag }) !== undefined;
    }),
  };
}

async function run({ progress, dir }: BenchOptions) {
  const { blobs, container } = world();
  const plain = { blobs, messageSecurity: NO_MESSAGE_SECURITY };
  progress('unsigned');
  const unsigned = await costOf({ from: plain, to: plain });
  progress('signed');
  const signed = await costOf({ from: container('coordinator'), to: container('worker') });
  progress('encrypted');
  const encrypted = await costOf({ from: container('coordinator'), to: container('worker'), confidential: true });
  const more = (cost: typeof signed, base: typeof signed) => ({
    encode_us: round(cost.encode_us - base.encode_us),
    decode_us: round(cost.decode_us - base.decode_us),
    bytes: cost.bytes - base.bytes,
  });
  return {
    ...{ messages: MESSAGES, unsigned, signed, encrypted },
    cost: { sign: more(signed, unsigned), encrypt: more(encrypted, signed) },
    requests: await requestsOf(),
    ...(dir !== undefined && { wycheproof: wycheproof(dir) }),
  };
}

type Figures = Awaited<ReturnType<typeof run>>;

/** What signatures and encryption cost a message, and what they ask of others; with `--dir`, Wycheproof's vectors. */
export const bench: Bench = {
  run,
  table(figures) {
    const { unsigned, signed, encrypted, requests, wycheproof: vectors } = figures as Figures;
    const line = (name: string, { encode_us, decode_us, bytes }: Figures['signed']): string =>
      `${name.padEnd(10)} encode ${String(encode_us).padStart(6)} µs  decode ${String(decode_us).padStart(6)} µs  ${bytes} bytes`;
    const { published, looked_up, made, unwrapped } = requests;
    return [
      line('unsigned', unsigned),
      line('signed', signed),
      line('encrypted', encrypted),
      `${requests.messages} messages of ${requests.containers} containers: ${published} keys published, ${looked_up} looked up, ${made + unwrapped} calls of the key service; ${requests.requests_per_message} requests per message`,
      ...(vectors
        ? [
            `Wycheproof: ${vectors.jws.vectors} JWS, ${vectors.jwe.vectors} JWE; invalid accepted: ${vectors.jws.invalid_accepted + vectors.jwe.invalid_accepted}`,
          ]
        : []),
    ].join('\n');
  },
};
