import { randomUUID } from 'node:crypto';
import { BUS_EVENTS } from '../../lambdas/contracts/bus-events.ts';
import { issuesOf } from '../../lambdas/contracts/errors.ts';
import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import { newFold, type RunFold } from '../../lambdas/views/run-fold.ts';
import { runIdOf } from '../../lambdas/workflow/run-identity.ts';
import { hasEnded } from '../../lambdas/workflow/state.ts';
import { CliError } from '../cli-error.ts';
import { awaitAnswer } from '../cloud/await-answer.ts';
import { publish } from '../cloud/request-run.ts';
import { findRun, readFurther } from '../cloud/run-reader.ts';
import { withSession } from '../cloud/session.ts';
import { jsonArgument } from './json-argument.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

export interface SignalOptions extends JsonOption {
  readonly payload?: string;
  readonly key?: string;
  readonly tenant?: string;
  readonly eventId?: string;
}

/**
 * `muster signal RUN_OR_REQUEST EVENT`: sends an event to a run, and waits until its journal has it. What begins with
 * `run_` is a run; anything else is the id of a request, whose run may not exist yet.
 */
export function signal(given: string, event: string, options: SignalOptions, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const tenant = options.tenant ?? DEFAULT_TENANT;
    const isRun = given.startsWith('run_');
    const runId = isRun ? await findRun(session, given, tenant) : runIdOf(tenant, given);
    const detail = BUS_EVENTS.workflow_event.safeParse({
      ...(isRun ? { workflow_id: runId } : { request_id: given, tenant }),
      event,
      event_id: options.eventId ?? `cli-${randomUUID()}`,
      ...(options.key !== undefined && { key: options.key }),
      ...(options.payload !== undefined && { payload: jsonArgument('--payload', options.payload) }),
    });
    if (!detail.success)
      throw new CliError(`the event is not valid: ${issuesOf(detail.error)}`, 'see "muster signal --help"');
    const before = await readFurther(session, newFold(runId));
    if (hasEnded(before.state)) throw new CliError(`run ${runId} is ${before.state.phase} already`);
    const exists = before.state.phase !== 'new' || (await session.runs.get(runId)) !== undefined;
    await publish(session, 'workflow_event', detail.data);
    const id = detail.data.event_id ?? '';
    const answer = await awaitAnswer(session, before, (fold) => receptionOf(fold, id));
    if ('rejected' in answer) throw new CliError(`the event was rejected: ${answer.rejected}`);
    if (!('heard' in answer))
      throw new CliError(`the journal of ${runId} has no sign of the event yet`, `look at "muster logs ${runId}"`);
    if (options.json) return printJson({ run_id: runId, event_id: id, ...answer.heard });
    print(`${wordsOf(answer.heard, event, runId)}${exists ? '' : '; that run does not exist yet'}`);
  });
}

/** What the run made of an event. */
export type Reception = { readonly taken_by: string } | { readonly kept: true } | { readonly ended: string };

/** What a run has made of the event with this id; undefined as long as it has not come. */
export function receptionOf({ state, takenBy }: RunFold, id: string): Reception | undefined {
  const task = takenBy.get(id);
  if (task !== undefined) return { taken_by: state.tasks[task]?.definition.id ?? String(task) };
  if (hasEnded(state)) return { ended: state.phase };
  return state.received.has(id) ? { kept: true } : undefined;
}

function wordsOf(reception: Reception, event: string, runId: string): string {
  if ('taken_by' in reception) return `task ${reception.taken_by} of ${runId} has taken ${event}`;
  if ('ended' in reception) return `run ${runId} is ${reception.ended}`;
  return `run ${runId} keeps ${event} until a task waits for it`;
}
