import type { Gate } from '../contracts/flow-control.ts';
import { type Expectation, outlookOf } from '../flow/expectations.ts';
import type { FlowState } from '../flow/state.ts';
import type { RunFold } from './run-fold.ts';
import { viewOf } from './run-view.ts';

/** A run, or a task of one, and why it does not go on; or that it does. */
export interface QueueLine {
  readonly state: 'running' | 'waiting' | 'throttled' | 'retrying' | 'paused' | 'held';
  readonly run_id: string;
  readonly workflow: string;
  readonly task?: string;
  /** How many permits it has or waits for. */
  readonly permits?: number;
  /** ms */
  readonly since: number;
  readonly reason: string;
  /** ms; none: nobody can tell. */
  readonly expected_at?: number;
}

/** What is under way at one limit, for one value of its key. */
export interface FlowLines {
  readonly flow_id: string;
  readonly name: string;
  readonly key: string;
  /** Shared by all tenants: of the others only the numbers are told. */
  readonly shared: boolean;
  readonly rule: string;
  readonly lines: readonly QueueLine[];
  readonly others: { readonly running: number; readonly waiting: number };
}

export function flowLines(gate: Gate, state: FlowState, tenant: string, now: number): FlowLines {
  const { holding, waiting, rule, reason } = outlookOf(state, now);
  const own = <T extends Expectation>(entries: readonly T[]): T[] => entries.filter((one) => one.tenant === tenant);
  const lines = [
    ...own(holding).map((one): QueueLine => ({ ...lineOf(one), state: 'running', reason: '' })),
    ...own(waiting).map(
      (one): QueueLine => ({
        ...lineOf(one),
        state: state.gate?.rule.kind === 'rate' ? 'throttled' : 'waiting',
        reason,
        ...(one.expectedAt !== undefined && { expected_at: one.expectedAt }),
      }),
    ),
  ];
  const others = {
    running: holding.length - own(holding).length,
    waiting: waiting.length - own(waiting).length,
  };
  const { flow_id, name, key } = gate;
  return { flow_id, name, key, shared: gate.tenant === undefined, rule, lines, others };
}

function lineOf({ run, workflow, permits, since }: Expectation) {
  return { run_id: run, workflow, permits, since };
}

/** What of a run stands still by itself: the run, when it is paused or held, and tasks that are tried again later. */
export function runLines(fold: RunFold, now: number): QueueLine[] {
  const { state } = fold;
  const run = { run_id: state.runId, workflow: state.phase === 'new' ? '' : state.definition.name };
  const { paused, held, stoppedAt = now } = state;
  const stopped: QueueLine[] = [
    ...(paused ? [{ ...run, state: 'paused', since: stoppedAt, reason: pauseText(paused) } as const] : []),
    ...(held === undefined ? [] : [{ ...run, state: 'held', since: stoppedAt, reason: held } as const]),
  ];
  const retrying = viewOf(fold).tasks.flatMap(({ id, status, nextAttemptAt, attempt, error, endedAt }): QueueLine[] => {
    if (status !== 'retrying') return [];
    const reason = `attempt ${attempt} failed${error ? `: ${error.code}: ${error.message.slice(0, 160)}` : ''}`;
    const expected = nextAttemptAt === undefined ? {} : { expected_at: nextAttemptAt };
    return [{ ...run, task: id, state: 'retrying', since: endedAt ?? now, reason, ...expected }];
  });
  return [...stopped, ...retrying];
}

const pauseText = ({ reason, by }: { reason: string; by?: string }): string =>
  by === undefined ? reason : `${by}: ${reason}`;
