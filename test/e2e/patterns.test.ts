import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { agentsOf, mostAtOnce, ProbeRuns, taskOf } from '../support/probe/probe-runs.ts';

let probe: ProbeRuns;

beforeAll(async () => {
  probe = await ProbeRuns.listeningTo('decision_requested');
});
afterAll(() => probe?.close());

test('request–response: one asks, one answers', async () => {
  const run = await probe.run('probe.request', { input: { question: 'why?' } });
  expect(run).toMatchObject({ status: 'completed', result: { say: 're: why?' } });
});

test('broadcast: all hear the same, and all answers come together, but for one that may fail', async () => {
  const fail = { class: 'data', agent: 'probe-gamma' };
  const run = await probe.run('probe.broadcast', { input: { news: 'it rains', fail } });
  expect(agentsOf(run).slice(0, 3)).toEqual(['probe-alpha', 'probe-beta', 'probe-gamma']);
  expect(run.result).toMatchObject({
    alpha: { agent: 'probe-alpha', say: 'it rains' },
    beta: { agent: 'probe-beta', say: 'it rains' },
    gamma: null,
  });
});

test('pipeline: each stage works on what the one before it made', async () => {
  const run = await probe.run('probe.pipeline', { input: { word: 'fine' } });
  expect(run.result).toMatchObject({ say: 'FINE!', saw: { second: { say: 'FINE', saw: { first: { say: 'fine' } } } } });
});

test('scatter–gather: each item is worked on, as many at once as may be, and one gathers them all', async () => {
  const run = await probe.run('probe.scatter', { input: { items: [1, 2, 3, 4, 5] } });
  expect(run.result).toBe(150);
  const items = run.tasks.filter(({ parent }) => parent === 'each');
  expect(items).toHaveLength(5);
  expect(mostAtOnce(items)).toBe(2);
});

describe('consensus', () => {
  test('is what outweighs the rest; no participant sees what is the others’', async () => {
    const run = await probe.run('probe.consensus', { input: { alpha: 'yes', beta: 'no', gamma: 'no' } });
    expect(run.result).toMatchObject({
      decision: 'yes',
      for: 3,
      against: 2,
      votes: { alpha: 'yes', beta: 'no', gamma: 'no' },
    });
    const saw = ['alpha', 'beta', 'gamma'].map((id) => taskOf(run, id).result);
    expect(saw).toMatchObject(['alpha', 'beta', 'gamma'].map((id) => ({ value: { say: { saw: id }, saw: {} } })));
  });

  test('needs its quorum: who fails has no vote', async () => {
    const [enough, tooFew] = await Promise.all([
      probe.run('probe.consensus', { input: { beta: 'no', gamma: 'no' } }),
      probe.run('probe.consensus', { input: { gamma: 'no' } }),
    ]);
    expect(enough.result).toMatchObject({ decision: 'no', for: 2, against: 0 });
    expect(tooFew).toMatchObject({ status: 'failed', error: { code: 'quorum_not_reached' }, failedTask: 'verdict' });
  });

  test('that is a tie is settled by a person, where its rule says so', async () => {
    const runId = await probe.start('probe.consensus', { input: { beta: 'red', gamma: 'blue' } });
    expect(await probe.event('decision_requested', runId)).toMatchObject({
      task_id: 'verdict',
      question: expect.stringContaining('tie'),
      options: ['red', 'blue'],
    });
    await probe.decide(runId, 'verdict', 'blue');
    expect((await probe.ended(runId)).result).toMatchObject({ decision: 'blue', decided_by: 'ann' });
  });
});

test('decompose: an agent cuts the work up while the run goes on, and one puts the pieces together', async () => {
  const piece = (id: string, input = {}) => ({
    id,
    type: 'probe.shared',
    group: 'parts',
    input: { say: id, ...input },
  });
  const tasks = [piece('p1'), piece('p2', { fail: { class: 'data' } }), piece('p3')];
  const run = await probe.run('probe.decompose', { input: { tasks } });
  expect(run.result).toMatchObject({ plan: 3, parts: [{ say: 'p1' }, null, { say: 'p3' }] });
  expect(mostAtOnce(run.tasks.filter(({ id }) => id.startsWith('p') && id !== 'plan'))).toBe(1);
});
