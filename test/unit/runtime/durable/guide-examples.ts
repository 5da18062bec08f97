import * as z from 'zod';
import { DataError, MusterError } from '../../../../lambdas/contracts/errors.ts';
import { defineManifest } from '../../../../lambdas/contracts/manifest.ts';
import { defineAgent } from '../../../../lambdas/runtime/agent.ts';

const Order = z.object({ id: z.string(), euros: z.number(), rooms: z.array(z.string()) });

export const manifest = defineManifest({
  name: 'travel-booker',
  description: 'Books trips',
  errorImpact: 'Customers who have ordered a trip get neither it nor a word.',
  timeoutSeconds: 60,
  uses: { steps: true },
  capabilities: {
    'travel.book': { description: 'Books a trip', input: Order, output: z.object({ booked: z.array(z.string()) }) },
  },
});

export const booker = defineAgent(manifest, {
  'travel.book': async (order, ctx) => {
    const offer = await ctx.step('ask for an offer', () => offerFor(order.rooms));
    if (offer.euros > order.euros) {
      const { decision } = await ctx.ask({ question: `${offer.euros} euros instead of ${order.euros}?`, shows: offer });
      if (decision !== 'approve') throw new DataError('too_dear', 'nobody approved the price');
    }
    await ctx.call('mail.send', { about: order.id, offer: offer.id });
    await ctx.wait({ event: 'payment_received', key: order.id, timeoutSeconds: 3 * 86_400 });
    const booked = await Promise.all(order.rooms.map((room) => ctx.step(`book ${room}`, () => book(room, offer.id))));
    return { booked };
  },
});

export const gatherer = defineAgent(
  { ...manifest, name: 'travel-gatherer' },
  {
    'travel.book': async (order, ctx) => {
      const done = await ctx.delegate([
        { id: 'train', type: 'travel.train', input: order.id },
        { id: 'hotel', type: 'travel.hotel', input: '{% $results.train %}', dependsOn: ['train'] },
      ]);
      const failed = Object.values(done).find((one) => 'error' in one);
      if (failed && 'error' in failed && failed.error instanceof MusterError) throw failed.error;
      return { booked: Object.keys(done) };
    },
  },
);

export const world = { offers: 0, booked: new Map<string, number>() };

async function offerFor(rooms: readonly string[]) {
  world.offers += 1;
  return { id: `offer ${world.offers}`, euros: 120 * rooms.length };
}

async function book(room: string, offer: string): Promise<string> {
  world.booked.set(room, (world.booked.get(room) ?? 0) + 1);
  return `${room} by ${offer}`;
}
