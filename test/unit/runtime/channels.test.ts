import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { Json } from '../../../lambdas/contracts/json.ts';
import { defineManifest } from '../../../lambdas/contracts/manifest.ts';
import { defineAgent } from '../../../lambdas/runtime/agent.ts';
import type { QueueRecord } from '../../../lambdas/runtime/queue-record.ts';
import { RUN_ID } from '../../support/factories.ts';
import { bench, record } from './agent-bench.ts';

describe('a subscription', () => {
  const manifest = defineManifest({
    name: 'listener',
    description: 'Listens.',
    errorImpact: 'Nobody but the test that uses it.',
    channels: { subscribes: ['channel.news'] },
    capabilities: { work: { description: 'x', input: z.json(), output: z.json() } },
  });
  const event = (channel: string): QueueRecord =>
    record(JSON.stringify({ id: 'e', source: 's', 'detail-type': channel, detail: { headline: 'rain' } }));

  test('hands the event to its handler', async () => {
    const heard: Json[] = [];
    const agent = bench(
      defineAgent(manifest, { work: () => null }, { 'channel.news': (detail) => void heard.push(detail) }),
    );
    expect(await agent.run(event('channel.news'))).toEqual([]);
    expect(heard).toEqual([{ headline: 'rain' }]);
  });

  test('whose handler throws brings the event back', async () => {
    const fail = (): void => {
      throw new Error('not now');
    };
    const agent = bench(defineAgent(manifest, { work: () => null }, { 'channel.news': fail }));
    expect(await agent.run(event('channel.news'))).toEqual(['r']);
  });

  test('without a handler, or a handler without a subscription, is a mistake that shows at once', () => {
    expect(() => defineAgent(manifest, { work: () => null })).toThrow('no handler for channel channel.news');
    expect(() =>
      defineAgent(manifest, { work: () => null }, { 'channel.news': () => {}, 'channel.x': () => {} }),
    ).toThrow('without subscribing');
  });
});

describe('a message on a channel', () => {
  const manifest = defineManifest({
    name: 'relay',
    description: 'Passes on what it hears.',
    errorImpact: 'Nobody but the test that uses it.',
    channels: { publishes: ['channel.next', 'coordination'], subscribes: ['channel.news', 'coordination'] },
    capabilities: { work: { description: 'x', input: z.json(), output: z.json() } },
  });
  const event = (detail: Json, channel = 'channel.news'): QueueRecord =>
    record(JSON.stringify({ id: 'e', source: 's', 'detail-type': channel, detail }));
  const coordination = {
    ...{ coordination_type: 'hand_over', workflow_id: RUN_ID, tenant: 'default', participants: [], broadcast: true },
  };

  /** An agent that publishes on, and what went over the bus. */
  function relay() {
    const heard: Json[] = [];
    const said: Json[] = [];
    const agent = bench(
      defineAgent(
        manifest,
        {
          work: async (input, ctx) => {
            await ctx.publish('channel.next', { input });
            return null;
          },
        },
        {
          'channel.news': async (detail, ctx) => {
            heard.push(detail);
            await ctx.publish('channel.next', detail);
          },
          coordination: (_, ctx) => ctx.publish('coordination', coordination),
        },
      ),
    );
    agent.bus.subscribe(({ detailType, detail }) => {
      if (detailType !== 'agent_status') said.push(detail);
    });
    return { ...agent, heard, said };
  }

  test('that a task begins has been through one hand', async () => {
    const agent = relay();
    await agent.run(await agent.assignment({ inputs: 'rain' }));
    expect(agent.said).toEqual([{ input: 'rain', muster_hops: 1 }]);
  });

  test('counts each hand it goes through, out of sight of the agents', async () => {
    const agent = relay();
    expect(await agent.run(event({ headline: 'rain' }), event({ headline: 'snow', muster_hops: 4 }))).toEqual([]);
    expect(agent.heard).toEqual([{ headline: 'rain' }, { headline: 'snow' }]);
    expect(agent.said).toEqual([
      { headline: 'rain', muster_hops: 1 },
      { headline: 'snow', muster_hops: 5 },
    ]);
  });

  test.each([-3, 0.5, 'many', null])('with %p for a count comes from outside', async (muster_hops) => {
    const agent = relay();
    await agent.run(event({ muster_hops }));
    expect(agent.heard).toEqual([{}]);
    expect(agent.said).toEqual([{ muster_hops: 1 }]);
  });

  test.each([
    ['a channel', () => event({ muster_hops: 16 })],
    ['coordination', () => event({ ...coordination, muster_hops: 16 }, 'coordination')],
  ])('ends after 16 hands on %s: logged, counted as an error, and not tried again', async (_, last) => {
    const agent = relay();
    const statuses: Json[] = [];
    agent.bus.subscribe(({ detailType, detail }) => void (detailType === 'agent_status' && statuses.push(detail)));
    expect(await agent.run(last())).toEqual([]);
    expect(agent.said).toEqual([]);
    expect(agent.warnings).toEqual(['event has gone round too often and ends here']);
    expect(statuses).toMatchObject([{ stats: { messages_processed: 1, errors_count: 1 } }]);
  });

  test('goes through the sixteenth hand', async () => {
    const agent = relay();
    await agent.run(event({ muster_hops: 15 }));
    expect(agent.said).toEqual([{ muster_hops: 16 }]);
  });

  test("can't have its count set by an agent", async () => {
    const codes: unknown[] = [];
    const agent = bench(
      defineAgent(
        manifest,
        {
          work: async (_, ctx) => {
            const sent = ctx.publish('channel.next', { muster_hops: 1 });
            await sent.catch((error: { code: string }) => codes.push(error.code));
            return null;
          },
        },
        { 'channel.news': () => {}, coordination: () => {} },
      ),
    );
    await agent.run(await agent.assignment());
    expect(codes).toEqual(['reserved_field']);
  });
});
