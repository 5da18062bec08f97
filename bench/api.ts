import { setTimeout as sleep } from 'node:timers/promises';
import { apiUrlOf } from '../bin/cloud/api-url.ts';
import { issuerOf } from '../bin/cloud/issuer.ts';
import { createClient } from '../client/client.ts';
import type { ProbeCloud } from '../test/support/probe/probe-cloud.ts';
import type { Bench } from './bench.ts';
import { onProbeCloud } from './on-probe-cloud.ts';

const SECONDS = 60;
/** Who asks at the same time; each as soon as it has its answer. */
const READERS = 8;
const WARM_UP_MS = 5_000;
/** Beside the readers, one execute after the other, with so much time between them. */
const EXECUTE_EVERY_MS = 1_000;

interface Latencies {
  readonly count: number;
  readonly errors: number;
  readonly per_second: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
}

/** Reads of a run's status over HTTP for a minute on the local cloud, and tasks that are executed beside them. */
export const bench: Bench = {
  run: ({ progress }) => onProbeCloud(progress, (cloud) => measure(cloud, progress)),
  table: ({ status, execute }) =>
    [
      lineOf(`status reads, ${READERS} at once`, status as Latencies),
      lineOf('execute beside them', execute as Latencies),
    ].join('\n'),
};

const lineOf = (what: string, { count, errors, per_second, p50_ms, p99_ms }: Latencies): string =>
  `${what.padEnd(26)} ${per_second}/s, p50 ${p50_ms} ms, p99 ${p99_ms} ms, ${errors} errors of ${count}`;

async function measure({ session }: ProbeCloud, progress: (line: string) => void) {
  const url = apiUrlOf(session.target) ?? '';
  const { issue } = issuerOf(session);
  const who = { sub: 'bench', tenant: 'default', roles: ['operator' as const], seconds: 3_600, tokenId: 'bench' };
  const { token } = await issue(who);
  const client = createClient({ url, token, retries: 0 });
  const execute = async (n: number): Promise<string | undefined> => {
    const { body } = await client.executeTask({ body: { task_type: 'probe.noop', content: { n }, timeout: 20 } });
    return body.data?.task_id;
  };
  progress('warming up');
  const runId = await execute(0);
  const read = async (): Promise<boolean> => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/api/v1/workflows/${runId}`, { headers });
    await response.text();
    return response.status === 200;
  };
  await during(WARM_UP_MS, READERS, 0, read);
  progress(`reading for ${SECONDS} s`);
  const [status, executed] = await Promise.all([
    during(SECONDS * 1_000, READERS, 0, read),
    during(SECONDS * 1_000, 1, EXECUTE_EVERY_MS, async (n) => (await execute(n + 1)) !== undefined),
  ]);
  return { seconds: SECONDS, readers: READERS, status, execute: executed };
}

/** Asks again and again until the time is over. */
async function during(
  ms: number,
  atOnce: number,
  pauseMs: number,
  ask: (n: number) => Promise<boolean>,
): Promise<Latencies> {
  const end = performance.now() + ms;
  const took: number[] = [];
  let errors = 0;
  let asked = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() < end) {
        const began = performance.now();
        asked += 1;
        if (!(await ask(asked).catch(() => false))) errors += 1;
        took.push(performance.now() - began);
        if (pauseMs > 0) await sleep(pauseMs);
      }
    }),
  );
  const sorted = took.sort((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN);
  return {
    ...{ count: took.length, errors, per_second: Math.round((took.length / ms) * 10_000) / 10 },
    ...{ p50_ms: at(0.5), p99_ms: at(0.99) },
  };
}
