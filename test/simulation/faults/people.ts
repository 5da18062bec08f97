import type { BusEventDetail } from '../../../lambdas/contracts/bus-events.ts';
import type { FaultKind } from './fault.ts';

type Asked = BusEventDetail<'decision_requested'>;
type Made = BusEventDetail<'decision_made'>;

/** Under which no answer may ever count. */
const NOBODY = 'somebody else';

/** People who are silent are in the programs themselves. */
export const person: FaultKind = {
  number: 24,
  does: 'people answer twice, late, about something else, or what they have asked for themselves',
  arm(context) {
    const { random } = context;
    return {
      begin() {
        const { platform } = context.world();
        const answer = (detail: Made, afterMs: number): void => {
          context.fired();
          platform.clock.after(afterMs, () => void platform.publish({ name: 'decision_made', detail }, 'person'));
        };
        platform.world.bus.subscribe(({ source, detailType, detail }) => {
          if (source !== 'person' && detailType === 'decision_requested') wrong(detail as unknown as Asked);
          // The same once more, when something else may be going on.
          if (source === 'person' && detailType === 'decision_made' && context.strikes(0.3))
            answer({ ...(detail as unknown as Made) }, random.pick([0, 1_000, 600_000]));
        });

        function wrong({ workflow_id, task_id, decision_id, options, error, request_id, digest, shows }: Asked): void {
          if (!context.strikes(0.6)) return;
          const about = { workflow_id, task_id, decision_id, decision: random.pick(options) };
          const own = error === undefined && request_id.startsWith('request ');
          const how = random.pick([
            'digest',
            'question',
            own ? 'self' : 'digest',
            shows === undefined ? 'digest' : 'unseen',
          ] as const);
          // Whoever asked for the run may say nothing about it, whatever they have seen of it.
          const seen = digest === undefined ? {} : { digest };
          if (how === 'digest') answer({ ...about, digest: 'f'.repeat(64), decided_by: NOBODY }, 10);
          else if (how === 'unseen') answer({ ...about, decided_by: NOBODY }, 10);
          else if (how === 'question') answer({ ...about, decision_id: `${decision_id}x`, decided_by: NOBODY }, 10);
          else answer({ ...about, ...seen, decided_by: 'client' }, 10);
        }
      },
    };
  },
};
