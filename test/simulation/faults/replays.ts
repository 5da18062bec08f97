import { type BusEvent, REPLAY_SOURCE } from '../../../lambdas/contracts/bus-events.ts';
import type { FaultKind } from './fault.ts';

/** What the bus said is said once more, for whoever wants to look at it: nothing may act on it. */
export const eventReplay: FaultKind = {
  number: 31,
  does: 'events of the past are replayed beside live traffic',
  arm(context) {
    const heard: string[] = [];
    return {
      begin() {
        const { platform } = context.world();
        platform.world.bus.subscribe(({ source, detailType, detail }) => {
          if (source === REPLAY_SOURCE || !context.strikes(0.3)) return;
          const event = { name: detailType, detail: { ...detail, replay: 'by plan' } } as unknown as BusEvent;
          platform.clock.after(context.random.int(60_000), () => void platform.publish(event, REPLAY_SOURCE));
        });
      },
      deliver({ process, records }) {
        if (records.some(({ body }) => body.includes(`"source":"${REPLAY_SOURCE}"`))) heard.push(process);
        return undefined;
      },
      check: () => (heard.length > 0 ? [`E: ${heard[0]} acts on replayed events`] : []),
    };
  },
};
