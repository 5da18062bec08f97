import * as z from 'zod';
import { LIMITS } from '../../../lambdas/contracts/limits.ts';
import { defineManifest } from '../../../lambdas/contracts/manifest.ts';
import { type Agent, defineAgent } from '../../../lambdas/runtime/agent.ts';
import type { FaultKind } from './fault.ts';

const CHANNELS = ['channel.sim.ring_a', 'channel.sim.ring_b'] as const;

/** An agent that answers on one channel to what it hears on the other, for ever. */
function answering(name: string, hears: string, says: string): Agent {
  const manifest = defineManifest({
    ...{
      name,
      description: 'answers',
      errorImpact: 'a simulated circle does not close',
      timeoutSeconds: 5,
      concurrency: 2,
    },
    channels: { subscribes: [hears], publishes: [says] },
    capabilities: { [`${name}.idle`]: { description: 'nothing', input: z.unknown(), output: z.unknown() } },
  });
  const answer = async (
    detail: object,
    ctx: { publish(channel: string, detail: Record<string, never>): Promise<void> },
  ): Promise<void> => ctx.publish(says, { ...detail } as Record<string, never>);
  return defineAgent(manifest, { [`${name}.idle`]: () => null }, { [hears]: answer });
}
const RING = [answering('ring-a', CHANNELS[0], CHANNELS[1]), answering('ring-b', CHANNELS[1], CHANNELS[0])];

export const hops: FaultKind = {
  number: 26,
  does: 'agents pass a message on to each other in a circle over the bus',
  arm(context) {
    let furthest = 0;
    return {
      async begin() {
        const { platform } = context.world();
        for (const agent of RING) await platform.deploy(agent);
        platform.world.bus.subscribe(({ detailType, detail }) => {
          if (!detailType.startsWith('channel.sim.ring')) return;
          context.fired();
          furthest = Math.max(furthest, Number(detail.muster_hops ?? 0));
        });
        await platform.world.bus.publishToChannel('client', CHANNELS[0], { text: 'hello' });
      },
      check: () => (furthest > LIMITS.hops ? [`B: a message went through ${furthest} hands`] : []),
    };
  },
};
