import type { BusEventDetail } from '../../../lambdas/contracts/bus-events.ts';
import { stateAt } from '../../../lambdas/workflow/replay.ts';
import type { RunState } from '../../../lambdas/workflow/state.ts';
import { effectKey } from '../fleet/ledger.ts';
import { canonical } from '../model/fate.ts';
import type { PlayedHistory } from '../played.ts';
import { AGENTS } from '../programs/plan.ts';
import type { PlayedFork } from '../read-runs.ts';

type Request = BusEventDetail<'workflow_fork_requested'>;

const isOutside = (agent: string | undefined): boolean => AGENTS.outside.some((name) => name === agent);

/**
 * A fork comes to an end, as it was asked for. One that goes by the record reaches the outside with nothing a second time;
 * one that may do the work again does so, once, and asks nobody for a record.
 */
export function checkForks(history: PlayedHistory, forks: readonly PlayedFork[]): string[] {
  return forks.flatMap((fork) => {
    const { record, entries } = fork;
    const faults: string[] = [];
    const say = (fault: string): void => void faults.push(`fork ${record.runId}: ${fault}`);
    const state = stateAt(record.runId, entries);
    if (!['completed', 'failed', 'cancelled'].includes(state.phase)) say(`L: it never ended, it is ${state.phase}`);
    if (record.status !== state.phase) say(`L: the index of runs says ${record.status}, the journal ${state.phase}`);
    const request = requestFor(record.requestId, history);
    if (!request || !fork.from) return faults;
    if (state.fork?.effects !== request.effects)
      say(`E: effects are ${state.fork?.effects}, asked: ${request.effects}`);
    checkRecords(fork, state, say);
    if (request.effects === 'allowed') checkDone(history, state, say);
    else checkNotDone(history, fork, state, say);
    checkEdit(request, fork, state, say);
    return faults;
  });
}

function requestFor(requestId: string, { published }: PlayedHistory): Request | undefined {
  const asked = published.find(
    ({ name, detail }) => name === 'workflow_fork_requested' && detail.request_id === requestId,
  );
  return asked && (asked.detail as Request);
}

type Say = (fault: string) => void;

/** What counts as done is what the other run did. */
function checkRecords({ from }: PlayedFork, { tasks }: RunState, say: Say): void {
  const source = from && stateAt(from.runId, from.entries);
  for (const task of tasks) {
    const { id } = task.definition;
    const index = source?.indexOf.get(id);
    const original = index === undefined ? undefined : source?.tasks[index];
    if (!task.recorded || original?.status !== 'completed') continue;
    if (JSON.stringify(original.result) !== JSON.stringify(task.result)) say(`E: ${id} answers what it never did`);
  }
}

function checkNotDone({ ledger }: PlayedHistory, { record, entries }: PlayedFork, { tasks }: RunState, say: Say): void {
  const sent = entries.flatMap(({ events }) => events.filter((event) => event.type === 'tasks_dispatched'));
  const outside = sent.find(({ agent }) => isOutside(agent));
  if (outside) say(`E: ${outside.agent} was asked to do again what it did for another run`);
  for (const { definition } of tasks)
    if (ledger.charges.has(effectKey(record.runId, definition.id)))
      say(`E: ${definition.id} took effect outside once more`);
}

function checkDone({ ledger, published }: PlayedHistory, { runId, tasks }: RunState, say: Say): void {
  for (const { definition, status, agent, recorded, degraded, undoOf } of tasks) {
    const { id, type } = definition;
    const charges = ledger.charges.get(effectKey(runId, id)) ?? 0;
    if (recorded && charges > 0) say(`E: ${id} was done already, and was done again`);
    if (charges > 1) say(`E: ${id} took effect ${charges} times`);
    const own = status === 'completed' && !recorded && degraded === undefined && type !== undefined;
    if (own && undoOf === undefined && isOutside(agent) && charges === 0) say(`E: ${id} completed without its effect`);
  }
  const missed = published.find(
    ({ name, detail }) =>
      name === 'decision_requested' && detail.workflow_id === runId && codeOf(detail.error) === 'not_recorded',
  );
  if (missed) say(`E: somebody was asked what ${String(missed.detail.task_id)} did, which may be done`);
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

/** Whatever was asked for is so from its first attempt on. */
function checkEdit({ edit }: Request, { entries }: PlayedFork, state: RunState, say: Say): void {
  const has = (type: string): boolean => entries.some(({ events }) => events.some((event) => event.type === type));
  const neverBegan = state.phase === 'failed' || (state.phase === 'cancelled' && !has('tasks_dispatched'));
  if (!edit || (neverBegan && !has('run_edited'))) return;
  const { input, version, tasks = {} } = edit;
  if (input && canonical(state.input) !== canonical(input)) say('E: its input is not the one that was asked for');
  if (version !== undefined && state.definition.version !== version)
    say(`E: it has version ${state.definition.version}`);
  for (const { events } of entries)
    for (const event of events) {
      if (event.type !== 'tasks_dispatched') continue;
      for (const index of event.tasks) {
        const { definition, route } = state.tasks[index] ?? {};
        const wanted = definition && tasks[definition.id]?.agent;
        if (wanted === undefined || wanted === event.agent || route !== undefined || definition?.fallback) continue;
        say(`E: ${definition?.id} went to ${event.agent}, asked for was ${wanted}`);
      }
    }
}
