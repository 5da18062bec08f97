import type { RunRecord } from '../../../runtime/ports.ts';
import { queuedWords } from '../../../views/gate-words.ts';
import type { ListedRun } from '../../../views/run-causes.ts';
import { countTasks, type RunView, type TaskView } from '../../../views/run-view.ts';
import { cleanReport } from '../edge/clean.ts';
import { type OpenRun, requesterOf } from './open-run.ts';

export const instant = (ms: number): string => new Date(ms).toISOString();

export const linksOf = (runId: string) => ({
  status: `/api/v1/workflows/${runId}`,
  events: `/api/v1/workflows/${runId}/events`,
  result: `/api/v1/workflows/${runId}/result`,
});

/** What says that something was taken in and where to look for more. */
export function acceptedAnswer(runId: string, status: RunView['status'] | ListedRun['status'], requestId?: string) {
  return {
    status: 202 as const,
    body: {
      workflow_id: runId,
      status,
      ...(requestId !== undefined && { request_id: requestId }),
      links: linksOf(runId),
    },
    headers: { location: linksOf(runId).status, 'retry-after': '1' },
  };
}

/** A run as lists show it. */
export function summaryOf(run: ListedRun, requestedBy = run.requestedBy) {
  const { runId, workflow, version, status, requestId, correlationId, requestedAt, endedAt, error } = run;
  return {
    ...{ workflow_id: runId, workflow, version, status, request_id: requestId, correlation_id: correlationId },
    ...(requestedBy !== undefined && { requested_by: requestedBy }),
    requested_at: instant(requestedAt),
    ...(endedAt !== undefined && { ended_at: instant(endedAt) }),
    ...(error && { error: cleanReport(error) }),
  };
}

/** Tasks of the definition: neither those of a forEach, nor what tasks delegate or undo. */
const isStage = ({ parent, owner, undoOf }: TaskView): boolean =>
  parent === undefined && owner === undefined && undoOf === undefined;
const ACTIVE: ReadonlyArray<TaskView['status']> = ['running', 'suspended', 'retrying', 'ready'];
const OVER: ReadonlyArray<TaskView['status']> = ['completed', 'failed', 'skipped', 'cancelled'];

/** A run as it stands. */
export function statusOf(run: OpenRun) {
  const { record, view } = run;
  const stages = view.tasks.filter(isStage);
  const done = stages
    .filter(({ status }) => status === 'completed')
    .sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
  const over = stages.filter(({ status }) => OVER.includes(status)).length;
  const { paused, held, queued, failedTask, reason, usage, startedAt, deadline, seq } = view;
  return {
    ...summaryOf({ ...merged(record, view), status: view.paused ? 'paused' : record.status }, requesterOf(run)),
    status: statusNameOf(view),
    current_stage: stages.find(({ status }) => ACTIVE.includes(status))?.id ?? null,
    stages_completed: done.map(({ id }) => id),
    progress: stages.length === 0 ? (OVER_RUN.includes(view.status) ? 1 : 0) : over / stages.length,
    tasks: Object.fromEntries(Object.entries(countTasks(view.tasks)).filter(([, count]) => count > 0)),
    ...(startedAt !== undefined && { started_at: instant(startedAt) }),
    ...(deadline !== undefined && { deadline: instant(deadline) }),
    ...(paused && { paused }),
    ...(held !== undefined && { held }),
    ...(queued && { waits_for: queuedWords(queued) }),
    ...(failedTask !== undefined && { failed_task: failedTask }),
    ...(reason !== undefined && { reason }),
    ...(usage && { usage }),
    entries: seq,
  };
}

const OVER_RUN: ReadonlyArray<RunView['status']> = ['completed', 'failed', 'cancelled'];

export const statusNameOf = ({ status, paused }: RunView): RunView['status'] | 'paused' =>
  status === 'running' && paused ? 'paused' : status;

/** The journal is newer than the record, and has what the record has not. */
function merged(record: RunRecord, { endedAt, error }: RunView): RunRecord {
  const { endedAt: _endedAt, error: _error, ...rest } = record;
  return { ...rest, ...(endedAt !== undefined && { endedAt }), ...(error && { error }) };
}
