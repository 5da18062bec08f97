import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import type { TaskView } from '../../lambdas/views/run-view.ts';
import { agentsOf, ProbeRuns, taskOf } from '../support/probe/probe-runs.ts';

let probe: ProbeRuns;

beforeAll(async () => {
  probe = await ProbeRuns.listeningTo('breaker_changed');
});
afterAll(() => probe?.close());

const GAMMA = 'probe-gamma';
const DOWN: JsonObject = { fail: { class: 'system', code: 'service_down' } };
/** Only gamma may do it, and it tries once. */
const named = (id: string, input: JsonObject): JsonObject => ({
  ...{ id, type: 'probe.shared', agent: GAMMA, input },
  ...{ optional: true, retry: { maxAttempts: 1 } },
});
/** Whoever's turn it is does it. */
const inTurn = (count: number): JsonObject[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ id: `task${index}`, type: 'probe.shared', input: {} },
    select: 'round_robin',
  }));
/** A coordinator may go on for so long by what it read of the breakers before. */
const BREAKER_CACHE_MS = 1_000;

describe('an agent whose outside service is down', () => {
  test('gets nothing but probes until one has gone well, and meanwhile others do its work', async () => {
    const changes = (count: number) =>
      probe.cloud.eventually(async () => {
        const heard = (await probe.all('breaker_changed')).filter(({ agent }) => agent === GAMMA);
        return heard.length >= count && heard;
      });
    const isHeld = ({ on }: TaskView): boolean => on?.for === 'agent';
    const hold = async (input: JsonObject) => {
      await sleep(BREAKER_CACHE_MS);
      const runId = await probe.start([named('held', input)]);
      const { attempt, on } = await probe.task(runId, 'held', isHeld);
      expect([attempt, on]).toEqual([
        0,
        { for: 'agent', reason: expect.stringContaining(`breaker of "${GAMMA}" is open`) },
      ]);
      return runId;
    };

    await probe.run(['a', 'b', 'c'].map((id) => named(id, DOWN)));
    expect(await changes(1)).toMatchObject([{ state: 'open', failures: 3 }]);
    const [failing, others] = await Promise.all([hold(DOWN), sleep(BREAKER_CACHE_MS).then(() => probe.run(inTurn(6)))]);
    expect(agentsOf(others)).not.toContain(GAMMA);
    expect(new Set(others.tasks.map(({ why }) => why))).toEqual(new Set(['round robin over 2']));

    expect((await changes(2)).map(({ state }) => state)).toEqual(['open', 'open']);
    const working = await hold({});
    const heard = await changes(3);
    expect(heard.map(({ state }) => state)).toEqual(['open', 'open', 'closed']);
    const openUntil = heard.map(({ open_until }) => Date.parse(String(open_until)));
    for (const [index, runId] of [failing, working].entries()) {
      const [attempt, ...more] = taskOf(await probe.ended(runId), 'held').attempts;
      expect(attempt).toMatchObject({ agent: GAMMA, probe: true, why: expect.stringMatching(/^probe: /) });
      expect(attempt?.at).toBeGreaterThanOrEqual(openUntil[index] ?? Number.POSITIVE_INFINITY);
      expect(more).toEqual([]);
    }
  });
});
