import type { ResultValue } from '../../lambdas/contracts/blob.ts';
import { BUS_EVENTS } from '../../lambdas/contracts/bus-events.ts';
import { issuesOf } from '../../lambdas/contracts/errors.ts';
import type { Json } from '../../lambdas/contracts/json.ts';
import { type OpenDecision, openDecisions } from '../../lambdas/views/open-decisions.ts';
import type { RunFold } from '../../lambdas/views/run-fold.ts';
import { type RunView, viewOf } from '../../lambdas/views/run-view.ts';
import { didYouMean } from '../../lambdas/workflow/definition.ts';
import { CliError } from '../cli-error.ts';
import { awaitAnswer } from '../cloud/await-answer.ts';
import { publish } from '../cloud/request-run.ts';
import { findRun, readFold } from '../cloud/run-reader.ts';
import { type Session, withSession } from '../cloud/session.ts';
import { actor, jsonArgument } from './json-argument.ts';
import { type GlobalOptions, print } from './options.ts';

export interface DecideOptions {
  readonly comment?: string;
  readonly value?: string;
  readonly as?: string;
  readonly tenant?: string;
}

/** `muster decide RUN TASK DECISION`: answers an open question, and waits until the run has taken the answer. */
export function decide(
  given: string,
  task: string,
  decision: string,
  options: DecideOptions,
  globals: GlobalOptions,
): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const runId = await findRun(session, given, options.tenant);
    const { fold, view } = await readFold(session, runId);
    const open = questionOf(view, task, decision);
    if (open.error && decision === 'complete' && options.value === undefined) {
      throw new CliError('what does the task answer?', 'say it with --value JSON; --value null for nothing');
    }
    const decided_by = actor(options.as);
    if (open.shows) print(`you decide about: ${JSON.stringify(await shownBy(session, open.shows), null, 2)}`);
    const detail = BUS_EVENTS.decision_made.safeParse({
      workflow_id: runId,
      task_id: open.task,
      decision,
      decision_id: open.decision_id,
      decided_by,
      ...(open.digest !== undefined && { digest: open.digest }),
      ...(options.comment !== undefined && { comment: options.comment }),
      ...(options.value !== undefined && { value: jsonArgument('--value', options.value) }),
    });
    if (!detail.success)
      throw new CliError(`the decision is not valid: ${issuesOf(detail.error)}`, 'see "muster decide --help"');
    await publish(session, 'decision_made', detail.data);
    const answer = await awaitAnswer(session, fold, (next) => verdictOn(next, fold, open, decision, decided_by));
    if ('rejected' in answer) throw new CliError(`the decision was rejected: ${answer.rejected}`);
    if ('silence' in answer)
      throw new CliError(`run ${runId} has not taken the decision yet`, `look at "muster status ${runId}"`);
    if ('refused' in answer.heard) throw new CliError(`the decision counted for nothing: ${answer.heard.refused}`);
    print(`${decided_by} decided ${decision}: task ${open.task} is ${answer.heard.status} now`);
  });
}

/** What a question shows. */
async function shownBy(session: Session, shows: ResultValue): Promise<Json> {
  return 'value' in shows ? shows.value : session.blobs.get(shows.ref);
}

/**
 * The open question, if this is an answer to it; of a task that waits for what it has delegated, the one asked there.
 * @throws CliError saying what could be answered instead
 */
export function questionOf(view: RunView, task: string, decision: string): OpenDecision {
  const open = openDecisions(view);
  const asked = open.find((one) => one.task === task) ?? askedBelow(open, task);
  if (!asked) {
    const known = view.tasks.find(({ id }) => id === task);
    const names = open.map((one) => one.task);
    const next = names.length > 0 ? `waiting for an answer: ${names.join(', ')}` : 'no task of this run waits for one';
    if (known) throw new CliError(`task "${task}" asks nothing; it is ${known.status}`, next);
    throw new CliError(`the run has no task "${task}"${didYouMean(task, names)}`, next);
  }
  if (asked.options.includes(decision)) return asked;
  const hint = didYouMean(decision, [...asked.options]);
  throw new CliError(`"${decision}" is none of the options${hint}`, `answer one of: ${asked.options.join(', ')}`);
}

function askedBelow(open: readonly OpenDecision[], task: string): OpenDecision | undefined {
  const [one, ...others] = open.filter((each) => each.task.startsWith(`${task}..`));
  if (others.length === 0) return one;
  const ids = [one, ...others].flatMap((each) => each?.task ?? []);
  throw new CliError(`"${task}" waits for several answers`, `name one: ${ids.join(', ')}`);
}

type Verdict = { readonly status: string } | { readonly refused: string };

/** What became of an answer: it was taken, somebody else's was, or it was refused. Undefined as long as none of these. */
export function verdictOn(
  fold: RunFold,
  before: RunFold,
  { task, decision_id }: OpenDecision,
  decision: string,
  by: string,
): Verdict | undefined {
  const taken = fold.decisions.find(({ id }) => id === decision_id);
  if (taken && taken.by === by && taken.decision === decision) {
    return { status: viewOf(fold).tasks.find(({ id }) => id === task)?.status ?? 'over' };
  }
  if (taken) return { refused: `${taken.by} had decided "${taken.decision}" before` };
  const refusal = fold.refusals
    .slice(before.refusals.length)
    .find((one) => one.task === task && one.by === by && one.decision === decision);
  return refusal && { refused: refusal.reason };
}
