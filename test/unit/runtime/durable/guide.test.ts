import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import { createTestFleet, type TestFleet } from '../../../../lambdas/testing/test-fleet.ts';
import { workflow } from '../../../support/factories.ts';
import { booker, gatherer, world } from './guide-examples.ts';

const guide = readFileSync('docs/guides/agents.md', 'utf8');
const blocks = [...guide.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);

const trip = workflow([{ id: 'trip', type: 'travel.book', input: '{% $input %}' }], { timeoutSeconds: 604_800 });
const mailer = fakeAgent('mailer', { 'mail.send': () => ({ sent: true }) });

let fleet: TestFleet | undefined;
afterEach(() => fleet?.stop());

describe('the guide to agents', () => {
  test('has code that is what the compiler checks', () => {
    const compiled = readFileSync('test/unit/runtime/durable/guide-examples.ts', 'utf8');
    expect(blocks).toHaveLength(3);
    for (const block of blocks) expect(compiled).toContain(block);
  });

  test('has an agent that books each room once, however often it runs', async () => {
    fleet = await createTestFleet({ agents: [booker, mailer] });
    const run = await fleet.start(trip, { id: 'o-7', euros: 200, rooms: ['one', 'two'] });
    const asked = Object.keys((await fleet.look(run)).tasks).find((id) => id.includes('-ask-')) ?? '';
    const [requested] = fleet.events.filter(({ name }) => name === 'decision_requested');
    const digest = String((requested?.detail as { digest?: string } | undefined)?.digest);
    await fleet.decide(run, asked, 'approve', 'ann', { digest });
    await fleet.signal(run, 'payment_received', null, { key: 'o-7' });
    const { result, tasks } = await fleet.ended(run);
    expect(result).toEqual({ trip: { booked: ['one by offer 1', 'two by offer 1'] } });
    expect(tasks.trip?.attempt).toBe(4);
    expect(world).toEqual({
      offers: 1,
      booked: new Map([
        ['one', 1],
        ['two', 1],
      ]),
    });
  });

  test('has an agent that hands its work on', async () => {
    const helper = fakeAgent('helper', {
      'travel.train': (input) => `train of ${String(input)}`,
      'travel.hotel': (input) => `hotel after ${String(input)}`,
    });
    fleet = await createTestFleet({ agents: [gatherer, helper] });
    const run = await fleet.run(trip, { id: 'o-8', euros: 1, rooms: [] });
    expect(run.result).toEqual({ trip: { booked: ['train', 'hotel'] } });
    expect(run.tasks['trip..1.hotel']?.result).toBe('hotel after train of o-8');
  });

  test('calls commands that there are', () => {
    const cli = readFileSync('bin/muster.ts', 'utf8');
    for (const option of ['--anew <task>']) expect(cli).toContain(option);
  });
});
