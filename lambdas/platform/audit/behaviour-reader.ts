import type { Clock, Queues } from '../../runtime/ports.ts';
import type { AuditReaders } from './audit-ports.ts';

/** Of all that is said in so long, SQS keeps one: the queue forgets repetitions by their id. */
const AT_MOST_EVERY_MS = 20_000;

/** Says which chain behaviour analytics should read on. */
export function behaviourReader(queues: Pick<Queues, 'send'>, queueUrl: string, clock: Clock): AuditReaders {
  return {
    async tell(chain) {
      const deduplicationId = `${chain}/${Math.floor(clock.now() / AT_MOST_EVERY_MS)}`;
      await queues.send(queueUrl, [{ body: JSON.stringify({ chain }), groupId: chain, deduplicationId }]);
    },
  };
}
