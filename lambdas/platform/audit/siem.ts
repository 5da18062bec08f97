import { PLATFORM_SOURCE } from '../../contracts/bus-events.ts';
import type { Bus } from '../../runtime/ports.ts';
import type { Siem } from './audit-ports.ts';

/** Tells everybody who listens to `security_event` on the bus. */
export const busSiem = (bus: Pick<Bus, 'publish'>): Siem => ({
  tell: (events) =>
    bus.publish(
      PLATFORM_SOURCE,
      events.map((detail) => ({ name: 'security_event', detail })),
    ),
});

/** Several. */
export const everySiem = (targets: readonly Siem[]): Siem => ({
  async tell(events, object) {
    for (const target of targets) await target.tell(events, object);
  },
});
