import type { ParkedMessage } from '../../lambdas/runtime/ports.ts';
import { CliError } from '../cli-error.ts';
import { resend } from '../cloud/resend.ts';
import { readFold } from '../cloud/run-reader.ts';
import { type Session, withSession } from '../cloud/session.ts';
import { grouped, table } from '../views/text.ts';
import { type EditOptions, editOf } from './edit-options.ts';
import { actor } from './json-argument.ts';
import { type GlobalOptions, print } from './options.ts';
import { type Resumption, resumeRun } from './resume-run.ts';
import { stoppedBy } from './stopped-by.ts';

export interface RedriveOptions extends EditOptions {
  readonly cause?: string;
  readonly reason: string;
  readonly as?: string;
  readonly tenant?: string;
}

interface Repair {
  readonly what: string;
  readonly said: string;
  readonly done: boolean;
}

const AT_ONCE = 10;
/** A flow goes by its journal: the dead-letter Lambda or the sweeper has woken it, and whoever waits asks again each so often. */
const FLOW_WENT_ON = 'its flow was woken and goes on by itself; runs that wait ask it again';

/**
 * `muster parked redrive --cause F` and `muster resume --cause F`: repairs whatever one cause has stopped. A run that it has paused or failed goes on,
 * with changes if any are named; what belongs to no run is given to its queue once more, but for what was for a flow, which
 * has gone on by itself. What was repaired is parked no more.
 */
export function redrive({ cause, ...options }: RedriveOptions, globals: GlobalOptions): Promise<void> {
  if (cause === undefined)
    throw new CliError(
      'which cause? name it with --cause',
      'list them with "muster parked" and "muster runs --causes"',
    );
  const edit = editOf(options);
  return withSession(globals.stage, async (session) => {
    const { messages, runIds, fingerprint } = await stoppedBy(session, cause, options.tenant);
    const resumption = { edit, reason: options.reason, requested_by: actor(options.as) };
    const byRun = [
      ...Map.groupBy(messages, ({ flowId, runId, parkedId }) => flowId ?? runId ?? parkedId),
      ...runIds.map((runId): [string, ParkedMessage[]] => [runId, []]),
    ];
    const repairs: Repair[] = [];
    for (let from = 0; from < byRun.length; from += AT_ONCE) {
      const some = byRun.slice(from, from + AT_ONCE).map(async ([what, group]): Promise<Repair> => {
        const repaired = await repairOf(session, what, group, resumption);
        if (repaired.done) await Promise.all(group.map((message) => session.parkingLot.remove(message)));
        return { what: what.slice(0, what.indexOf('_') + 9), ...repaired };
      });
      repairs.push(...(await Promise.all(some)));
    }
    print(
      table(
        ['what', 'outcome'],
        repairs.map(({ what, said }) => [what, said]),
      ),
    );
    const failed = repairs.filter(({ done }) => !done).length;
    print(`\ncause ${fingerprint}: ${grouped(repairs.length - failed)} repaired, ${grouped(failed)} not`);
    if (failed > 0) process.exitCode = 1;
  });
}

async function repairOf(
  session: Session,
  what: string,
  messages: readonly ParkedMessage[],
  resumption: Resumption,
): Promise<Omit<Repair, 'what'>> {
  const [first] = messages;
  const runId = first ? first.runId : what;
  try {
    if (first?.flowId !== undefined || runId === undefined) {
      if (resumption.edit) throw new CliError('it belongs to no run, so there is nothing to change');
      return { said: first?.flowId === undefined ? await resend(session, messages) : FLOW_WENT_ON, done: true };
    }
    const { view, fold } = await readFold(session, runId);
    const stopped = fold.state.paused !== undefined || view.status === 'failed' || view.status === 'cancelled';
    if (!stopped) return { said: `the run is ${view.status}: it has gone on without it`, done: true };
    return { said: await resumeRun(session, runId, resumption), done: true };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { said: error.message, done: false };
  }
}
