import { DataError } from '../contracts/errors.ts';
import type { RegisteredAgent } from '../contracts/registry.ts';
import type { ForkRecords, RunEvent } from './events.ts';
import { evolve } from './evolve.ts';
import type { JournalEntry } from './journal.ts';
import { hasEnded, newRun, type RunState } from './state.ts';

/** Where a fork begins: the other run's state after its entry `at`. */
export interface ForkPoint {
  readonly at: number;
  readonly state: RunState;
}

/**
 * Finds the state that a fork of a run begins with. 0 is the run as it was asked for, before its first task began.
 * @param entries of the other run from its first on, documents opened
 * @param at number of an entry; default: the last at which there was something left to do
 * @throws DataError `unknown_entry` or `not_forkable`, with the entries that would do
 */
export function forkPoint(runId: string, entries: readonly JournalEntry[], at: number | undefined): ForkPoint {
  const last = entries.at(-1)?.seq ?? 0;
  if (at !== undefined && at > last) {
    throw new DataError('unknown_entry', `run ${runId} has no journal entry ${at}: its last is ${last}`, {
      field: 'at',
    });
  }
  if (at === 0) return { at, state: beginningOf(runId, entries) };
  let state = newRun(runId);
  let best: ForkPoint | undefined;
  let asked: RunState | undefined;
  for (const entry of entries) {
    state = evolve(state, entry.events, entry.at);
    if (state.phase === 'running') best = { at: entry.seq, state };
    if (entry.seq === at) asked = state;
  }
  if (!best) return { at: 0, state: beginningOf(runId, entries) };
  if (at === undefined) return best;
  if (asked?.phase === 'running') return { at, state: asked };
  throw notForkable(runId, at, asked ?? state, best.at);
}

function beginningOf(runId: string, entries: readonly JournalEntry[]): RunState {
  let state = newRun(runId);
  for (const { events, at } of entries) {
    for (const event of events) {
      state = evolve(state, [event], at);
      if (begins(event)) return state;
    }
  }
  throw new DataError('not_forkable', `run ${runId} has not begun: there is nothing to fork yet`, {
    field: 'workflow_id',
  });
}

const begins = ({ type }: RunEvent): boolean => type === 'run_started' || type === 'run_forked';

function notForkable(runId: string, at: number, state: RunState, best: number): DataError {
  const how = hasEnded(state)
    ? `was ${state.phase} already`
    : state.phase === 'new'
      ? 'had not begun'
      : 'was being undone';
  const message = `after entry ${at} run ${runId} ${how}: fork it from entry ${best}, the last that leaves something to do, or from 0`;
  return new DataError('not_forkable', message, { field: 'at' });
}

/**
 * What a run's work with effects outside has answered, its sub-workflows included: a fork that only records effects
 * does none of it again. An agent that is not registered any more may have had such effects.
 */
export function recordsOf(state: RunState, agents: readonly RegisteredAgent[]): ForkRecords {
  const harmless = new Set(agents.filter(({ effects }) => effects !== 'outside').map(({ name }) => name));
  const records: Record<string, ForkRecords[string]> = { ...state.records };
  for (const { definition, status, result, agent, undoOf } of state.tasks) {
    const outside = definition.workflow !== undefined || (agent !== undefined && !harmless.has(agent));
    if (status === 'completed' && result && outside && undoOf === undefined) records[definition.id] = result;
  }
  return records;
}
