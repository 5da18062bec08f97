import type { BusEvent } from '../contracts/bus-events.ts';
import { runIdOf } from '../workflow/run-identity.ts';

const ENDS = new Set<string>(['workflow_completed', 'workflow_failed', 'workflow_cancelled']);

/** Knows from the bus which runs are over. */
export function runWatch() {
  const runs = new Map<string, { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void }>();
  const settled = new Set<string>();
  const paused = new Map<string, string>();

  function waiting(runId: string) {
    const known = runs.get(runId);
    if (known) return known;
    const made = Promise.withResolvers<void>();
    // Whoever does not wait for a run does not hear that it was rejected.
    made.promise.catch(() => {});
    runs.set(runId, made);
    return made;
  }

  return {
    note({ name, detail }: BusEvent): void {
      if (name === 'workflow_rejected') {
        const { tenant, request_id, code, field, reason } = detail;
        const runId = runIdOf(tenant, request_id);
        settled.add(runId);
        waiting(runId).reject(new Error(`request rejected (${code}, field "${field}"): ${reason}`));
      } else if (ENDS.has(name) && 'workflow_id' in detail && typeof detail.workflow_id === 'string') {
        settled.add(detail.workflow_id);
        waiting(detail.workflow_id).resolve();
      } else if (name === 'workflow_paused') {
        paused.set(detail.workflow_id, detail.reason);
        if (detail.paused_by === undefined) waiting(detail.workflow_id).reject(pausedError(detail));
      } else if (name === 'workflow_resumed') {
        paused.delete(detail.workflow_id);
        settled.delete(detail.workflow_id);
        runs.delete(detail.workflow_id);
      }
    },
    isPaused: (runId: string): boolean => paused.has(runId),
    isOver: (runId: string): boolean => settled.has(runId),
    /** @throws Error when the request for the run was rejected, or it is paused: then it does not end by itself */
    async over(runId: string): Promise<void> {
      const reason = paused.get(runId);
      if (reason !== undefined && !settled.has(runId)) throw pausedError({ workflow_id: runId, reason });
      return waiting(runId).promise;
    },
  };
}

function pausedError({ workflow_id, reason }: { workflow_id: string; reason: string }): Error {
  return new Error(`run ${workflow_id} is paused and ends when somebody resumes it (${reason})`);
}
