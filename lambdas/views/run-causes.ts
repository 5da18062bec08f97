import { createHash } from 'node:crypto';
import type { ErrorReport } from '../contracts/errors.ts';
import type { RunRecord } from '../runtime/ports.ts';
import { commonReason } from './parked-causes.ts';
import type { RunView } from './run-view.ts';

/** A run as a list shows it. */
export interface ListedRun extends Omit<RunRecord, 'status'> {
  readonly status: RunRecord['status'] | 'paused';
}

/** Runs that stand still for the same reason. */
export interface RunCause {
  /** Names the cause from one look to the next. */
  readonly fingerprint: string;
  readonly workflow: string;
  /** Without what differs from run to run. */
  readonly reason: string;
  /** Newest first. */
  readonly runs: readonly ListedRun[];
}

/** The record of a run that is under way, as its journal says: paused, and by what. */
export function listed(record: RunRecord, { paused, tasks }: RunView): ListedRun {
  if (!paused) return record;
  const asking = paused.by === undefined ? tasks.find(({ on }) => on?.for === 'decision' && on.error)?.on : undefined;
  const error = asking?.for === 'decision' ? asking.error : undefined;
  return { ...record, status: 'paused', error: error ?? pausedBy(paused) };
}

function pausedBy({ by, reason }: NonNullable<RunView['paused']>): ErrorReport {
  return { code: 'paused', class: 'non_recoverable', message: by === undefined ? reason : `by ${by}: ${reason}` };
}

/** Those that failed, and those that have paused, by what stopped them; the cause with most runs first. */
export function runCausesOf(runs: readonly ListedRun[]): RunCause[] {
  const stopped = runs.filter(({ status, error }) => error && (status === 'failed' || status === 'paused'));
  const groups = Map.groupBy(stopped, ({ workflow, error }) => JSON.stringify([workflow, reasonOf(error)]));
  const causes = [...groups].flatMap(([key, group]): RunCause[] => {
    const [first] = group;
    if (!first) return [];
    const fingerprint = createHash('sha256').update(`run ${key}`).digest('hex').slice(0, 8);
    return [{ fingerprint, workflow: first.workflow, reason: reasonOf(first.error), runs: group }];
  });
  return causes.sort((a, b) => b.runs.length - a.runs.length || (a.fingerprint < b.fingerprint ? -1 : 1));
}

const reasonOf = (error: ErrorReport | undefined): string =>
  error ? `${error.code}: ${commonReason(error.message)}` : '';
