import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { virtualWorld } from '../../../../lambdas/adapters/memory/memory-world.ts';
import type { JsonObject } from '../../../../lambdas/contracts/json.ts';
import { createMonitor } from '../../../../lambdas/platform/monitor/monitor.ts';
import type { ParameterStore } from '../../../../lambdas/runtime/ports.ts';
import { registrationOf } from '../../../../lambdas/testing/agent-lambda.ts';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import { busEvent, invocation, record } from '../intake/fakes.ts';

const parameters = z.object({
  rows: z.number().int().min(1).max(100).default(10),
  model: z.enum(['small', 'large']).default('small'),
});
const reader = fakeAgent('reader', { read: () => null }, { parameters });
const plain = fakeAgent('plain', { write: () => null });

async function world(around: (store: ParameterStore) => ParameterStore = (store) => store) {
  const { clock, registry, bus, ...more } = virtualWorld();
  for (const agent of [reader, plain]) await registry.registerAgent(registrationOf(agent, 'demo'));
  const events: unknown[] = [];
  bus.subscribe(({ detailType, detail }) => void events.push({ name: detailType, ...detail }));
  const quiet = (): void => undefined;
  const work = createMonitor({
    ...{ clock, registry, bus, heartbeats: more.heartbeats, parameters: around(more.parameters) },
    ...{ messageSecurity: more.messageSecurity, securityLog: more.securityLog },
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    board: { put: async () => {}, list: async () => [], watch: async () => {}, watchers: async () => [] },
  });
  return {
    events,
    history: () => more.parameters.history('reader', 10),
    set: async () => (await registry.agents()).find(({ name }) => name === 'reader')?.set?.values,
    deliver: (...bodies: unknown[]) =>
      work(
        bodies.map((body, n) => record(body, { id: `r${n}` })),
        invocation(),
      ),
  };
}
let events = 0;
interface Asking {
  readonly values?: JsonObject;
  readonly version?: number;
  readonly agent?: string;
}
const asked = (
  said: Asking,
  { id = `event-${++events}`, time = '2026-01-01T00:00:01Z', source = 'muster.client' } = {},
) =>
  busEvent(
    'agent_parameters_requested',
    { agent: 'reader', reason: 'less at once', requested_by: 'ada', ...said },
    { id, time, source },
  );

describe('parameters of an agent', () => {
  test('are set beside those that are set, and taken back by null', async () => {
    const { deliver, set, events: published, history } = await world();
    expect(await deliver(asked({ values: { rows: 5 } }))).toEqual([]);
    await deliver(asked({ values: { model: 'large' } }));
    expect(await set()).toEqual({ rows: 5, model: 'large' });
    await deliver(asked({ values: { rows: null } }));
    expect(await set()).toEqual({ model: 'large' });
    expect((await history()).map(({ version, set_by, reason }) => [version, set_by, reason])).toEqual(
      [3, 2, 1].map((version) => [version, 'ada', 'less at once']),
    );
    expect(published.at(-1)).toEqual({
      ...{ name: 'agent_parameters_changed', agent: 'reader', version: 3, names: ['model'], set_by: 'ada' },
      at: '2026-01-01T00:00:00.000Z',
    });
  });

  test('go back to what a version said, or to the defaults, as a version of its own', async () => {
    const { deliver, set, history } = await world();
    await deliver(asked({ values: { rows: 5 } }));
    await deliver(asked({ values: { rows: 6 } }));
    await deliver(asked({ version: 1 }));
    expect(await set()).toEqual({ rows: 5 });
    await deliver(asked({ version: 0 }));
    expect(await set()).toEqual({});
    expect((await history()).map(({ version }) => version)).toEqual([4, 3, 2, 1]);
  });

  test.each([
    [{ values: { rows: 0 } }, 'invalid_input', /values\.rows/],
    [{ values: { rows: 5, model: 'medium' } }, 'invalid_input', /values\.model/],
    [{ values: { row: 5 } }, 'unknown_parameter', /did you mean "rows"/],
    [{ values: { colour: 'red' } }, 'unknown_parameter', /it has rows, model/],
    [{ version: 7 }, 'unknown_version', /no version 7; nothing was ever set/],
    [{}, 'nothing_to_set', /say what to set/],
    [{ agent: 'raeder', values: {} }, 'unknown_agent', /did you mean "reader"/],
    [{ agent: 'plain', values: { rows: 5 } }, 'no_parameters', /its manifest names none/],
  ] as Array<[Asking, string, RegExp]>)(
    'asked for as %j are refused, and nothing changes',
    async (said, code, reason) => {
      const { deliver, events: published, history } = await world();
      expect(await deliver(asked(said))).toEqual([]);
      expect(published).toEqual([
        expect.objectContaining({
          ...{ name: 'request_refused', request: 'parameters', about: said.agent ?? 'reader', requested_by: 'ada' },
          ...{ code, reason: expect.stringMatching(reason) },
        }),
      ]);
      expect(await history()).toEqual([]);
    },
  );

  test('count once however often the request comes, also after a later one', async () => {
    const { deliver, set, history } = await world();
    const first = asked({ values: { rows: 5 } });
    await deliver(first);
    await deliver(asked({ values: { rows: 6 } }));
    await deliver(first);
    expect(await set()).toEqual({ rows: 6 });
    expect(await history()).toHaveLength(2);
  });

  test('asked for in one batch are set in the order in which they were asked for', async () => {
    const { deliver, set, history } = await world();
    const later = asked({ values: { rows: 7 } }, { time: '2026-01-01T00:00:09Z' });
    await deliver(later, asked({ values: { rows: 3, model: 'large' } }));
    expect(await set()).toEqual({ rows: 7, model: 'large' });
    expect((await history()).map(({ values }) => values.rows)).toEqual([7, 3]);
  });

  test('set by two at the same time are both set', async () => {
    let raced = false;
    const { deliver, set } = await world((store) => ({
      ...store,
      put: async (agent, next) => {
        if (!raced) {
          raced = true;
          const other = { version: 1, values: { model: 'large' }, set_by: 'kim', reason: '', at: 1 };
          await store.put(agent, other);
        }
        return store.put(agent, next);
      },
    }));
    await deliver(asked({ values: { rows: 5 } }));
    expect(await set()).toEqual({ model: 'large', rows: 5 });
  });

  test('are not set by agents', async () => {
    const { deliver, history } = await world();
    const body = asked({ values: { rows: 5 } }, { source: 'muster.agent.reader' });
    expect(await deliver(body)).toEqual(['r0']);
    expect(await history()).toEqual([]);
  });
});
