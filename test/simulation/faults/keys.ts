import { createMessageSecurity } from '../../../lambdas/runtime/signing/message-security.ts';
import type { FaultKind, World } from './fault.ts';
import { forgedIn } from './forger.ts';
import { isImpostors } from './impostor.ts';

/** Refused because of its signature, though it was no impostor's. */
const refused = ({ platform }: World): number =>
  platform.world.securityLog.events.filter(
    ({ code = '', correlation_id: id = '' }) => code.startsWith('signature_') && !isImpostors(id),
  ).length;

/** Real containers take twelve hours. */
export const keyRotation: FaultKind = {
  number: 35,
  does: 'containers take new keys while messages fly, some of them each few hundred milliseconds',
  arm: (context) => ({
    ports(ports, { process }) {
      if (!('messageSecurity' in ports)) return ports;
      const { messageKeys, keyIds: ids, keyService } = context.world().platform.world;
      let published = 0;
      const keys: typeof messageKeys = {
        find: messageKeys.find,
        publish(key) {
          if (published > 0) context.fired();
          published += 1;
          return messageKeys.publish(key);
        },
      };
      const rotateEveryMs = context.random.between(200, 20_000);
      const messageSecurity = createMessageSecurity({
        name: process,
        ...{ clock: ports.clock, ids, keys, keyService, rotateEveryMs },
      });
      return { ...ports, messageSecurity };
    },
    // Two clocks that are far apart, or a key that is late, must not cost an honest message its life.
    check() {
      const world = context.world();
      const count = refused(world);
      return count > 0 && forgedIn(world) === 0
        ? [`L: ${count} honest messages were refused for their signatures`]
        : [];
    },
  }),
};
