import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import { agentsOf, attemptsOf, ProbeRuns, taskOf } from '../support/probe/probe-runs.ts';

let probe: ProbeRuns;

beforeAll(async () => {
  probe = await ProbeRuns.listeningTo('breaker_changed');
});
afterAll(() => probe?.close());

const GAMMA = 'probe-gamma';
const down = (attempts = 9): JsonObject => ({ fail: { class: 'system', code: 'service_down', attempts } });
/** Only gamma may do it. */
const named = (id: string, input: JsonObject, more: JsonObject = {}): JsonObject => ({
  ...{ id, type: 'probe.shared', agent: GAMMA, input },
  ...more,
});
/** Whoever's turn it is does it. */
const inTurn = (count: number): JsonObject[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ id: `task${index}`, type: 'probe.shared', input: {} },
    select: 'round_robin',
  }));
const isHeld = ({ on }: { on?: { for: string } }): boolean => on?.for === 'agent';

describe('an agent whose outside service is down', () => {
  test('gets nothing until one probe has gone well, and meanwhile others do its work', async () => {
    const states = async () => (await probe.all('breaker_changed')).filter(({ agent }) => agent === GAMMA);
    const changes = (count: number) =>
      probe.cloud.eventually(async () => {
        const heard = await states();
        return heard.length >= count && heard;
      });

    const failures = ['a', 'b', 'c'].map((id) => named(id, down(), { optional: true, retry: { maxAttempts: 1 } }));
    await probe.run(failures);
    expect(await changes(1)).toMatchObject([{ state: 'open', failures: 3 }]);

    const [held, others] = await Promise.all([
      probe.start([named('held', down(1), { retry: { intervalSeconds: 0 } })]),
      probe.run(inTurn(6)),
    ]);
    expect(agentsOf(others)).not.toContain(GAMMA);
    expect(others.tasks.map(({ why }) => why)).toEqual(others.tasks.map(() => 'round robin over 2'));
    const waiting = await probe.task(held, 'held', isHeld);
    expect(waiting).toMatchObject({
      attempt: 0,
      on: { reason: expect.stringContaining(`breaker of "${GAMMA}" is open`) },
    });

    const run = await probe.ended(held);
    expect(attemptsOf(run, 'held')).toEqual([
      { agent: GAMMA, outcome: 'failed' },
      { agent: GAMMA, outcome: 'completed' },
    ]);
    const { attempts } = taskOf(run, 'held');
    expect(attempts).toMatchObject([{ probe: true }, { probe: true, why: expect.stringContaining('probe') }]);
    const heard = await changes(3);
    expect(heard.map(({ state }) => state)).toEqual(['open', 'open', 'closed']);
    const openUntil = heard.slice(0, 2).map(({ open_until }) => Date.parse(String(open_until)));
    attempts.forEach(({ at }, index) => {
      expect(at).toBeGreaterThanOrEqual(openUntil[index] ?? Number.POSITIVE_INFINITY);
    });
  });
});
