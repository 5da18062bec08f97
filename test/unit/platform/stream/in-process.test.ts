import { afterEach, describe, expect, test } from '@jest/globals';
import type { Principal } from '../../../../lambdas/contracts/principal.ts';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import { scriptedModel } from '../../../../lambdas/testing/scripted-model.ts';
import { createTestFleet, type TestFleet } from '../../../../lambdas/testing/test-fleet.ts';
import { workflow } from '../../../support/factories.ts';
import { HOUR, numbersOf } from './stream-world.ts';

let fleet: TestFleet | undefined;
afterEach(() => fleet?.stop());

const TEXT = Array.from({ length: 64 }, (_, n) => `token${n} `).join('');
const writer = fakeAgent(
  'writer',
  {
    'write.text': async (input, ctx) => {
      ctx.progress(0.25, 'reading', { seen: input });
      let text = '';
      for await (const part of ctx.model('fast').stream({ prompt: 'Write.' }))
        if (part.type === 'text') text += part.text;
      return { text };
    },
  },
  { uses: { models: ['fast'] } },
);

const principal = (clock: { now(): number }, tenant = 'default'): Principal => ({
  ...{ kind: 'person', sub: 'ann', tenant, roles: ['operator'], tokenId: 't', issuedAt: clock.now() },
  expiresAt: clock.now() + HOUR,
});

async function begin(): Promise<TestFleet> {
  fleet = await createTestFleet({
    agents: [writer],
    workflows: [workflow([{ id: 'a', type: 'write.text', input: 'x' }], { name: 'one' })],
    models: { fast: scriptedModel(() => TEXT) },
    stream: true,
  });
  return fleet;
}

describe('the whole way in one process', () => {
  test('a task that is started over the socket comes back with its progress, its tokens and its result', async () => {
    const { platform } = await begin();
    const socket = await platform.stream.connect(principal(platform.clock));
    await socket.say({ type: 'start', id: '1', payload: { task_type: 'write.text', input: 'data', after: 0 } });
    await platform.time.runUntilIdle();
    const { frames } = socket;
    expect(numbersOf(frames)).toEqual(numbersOf(frames).map((_, place) => place + 1));
    const data = frames.flatMap((frame) => (frame.type === 'data' ? [frame.payload] : []));
    expect(data).toContainEqual(
      expect.objectContaining({ progress: 0.25, current_step: 'reading', partial_result: { seen: 'data' } }),
    );
    const tokens = data.flatMap(({ current_step, partial_result }) =>
      current_step === 'generating' ? partial_result : [],
    );
    expect(tokens.join('')).toBe(TEXT);
    expect(data.map(({ event }) => event)).toContain('task_completed');
    expect(frames.at(-1)).toMatchObject({ type: 'complete', id: '1', payload: { final_result: { text: TEXT } } });
  });

  test('nothing is said about runs that nobody follows', async () => {
    const { platform, run } = await begin();
    const before = platform.world.meter.read();
    const { status } = await run('one');
    expect(status).toBe('completed');
    const log = await platform.stream.teller.log.tail('default', 'metrics', 1);
    expect([log, before.sqs]).toEqual([[], before.sqs]);
    expect(platform.processes.get('stream')?.containers.length).toBeLessThanOrEqual(1);
  });

  test('a request that is rejected ends what was started', async () => {
    const { platform } = await begin();
    const socket = await platform.stream.connect(principal(platform.clock));
    await socket.say({ type: 'start', id: '1', payload: { task_type: 'no.such', input: 1, after: 0 } });
    await platform.time.runUntilIdle();
    expect(socket.frames.at(-1)).toMatchObject({ type: 'error', id: '1', payload: { class: 'data' } });
  });

  test('whoever breaks off and says the same again goes on where it was, and the task is done once', async () => {
    const { platform, events } = await begin();
    const first = await platform.stream.connect(principal(platform.clock));
    const payload = { task_type: 'write.text', input: 'data' };
    await first.say({ type: 'start', id: '1', payload: { ...payload, after: 0 } });
    await first.drop();
    await platform.time.runUntilIdle();
    const second = await platform.stream.connect(principal(platform.clock));
    await second.say({ type: 'start', id: '1', payload: { ...payload, after: 2 } });
    await platform.time.runUntilIdle();
    expect(numbersOf(second.frames).at(0)).toBe(3);
    expect(second.frames.at(-1)).toMatchObject({ type: 'complete' });
    expect(events.filter(({ name }) => name === 'workflow_started')).toHaveLength(1);
  });

  test('somebody who comes late to a run that goes on hears its end', async () => {
    const { platform, start } = await begin();
    const runId = await start('one');
    const socket = await platform.stream.connect(principal(platform.clock));
    await socket.say({ type: 'start', id: '1', payload: { subscribe: { run: runId, after: 0 } } });
    await platform.time.runUntilIdle();
    expect(socket.frames.at(-1)).toMatchObject({ type: 'complete', payload: { final_result: { text: TEXT } } });
  });
});
