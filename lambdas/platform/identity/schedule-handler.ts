import middy from '@middy/core';
import { rotateKeys } from '../../access/rotate-keys.ts';
import { identityPorts } from '../../adapters/aws/identity-ports.ts';
import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { ENV } from '../../contracts/environment.ts';

const ports = platformPorts();
const identity = identityPorts();

const rotation = { clock: ports.clock, signingKeys: identity.signingKeys(), publication: identity.publication() };
const { maxTokenSeconds } = identity.settings();
const log = ports.securityLog();
const rotateDays = Number(ports.variable(ENV.rotateKeysDays));

/** Called each hour by a schedule. */
export const handler = middy().handler(async () => {
  const { added, ring } = await rotateKeys(rotation, { rotateDays, maxTokenSeconds });
  if (added !== undefined) {
    const reason = 'the schedule has added a key that signs tokens';
    log.note({ kind: 'signing_key_rotated', at: ports.clock.now(), reason, target: added });
    await log.flush();
  }
  ports.logger.info('keys that sign tokens looked after', { keys: ring.keys.length, ...(added && { added }) });
});
