import type { BusEvent } from '../contracts/bus-events.ts';
import { runIdOf } from '../workflow/run-identity.ts';

const ENDS = new Set<string>(['workflow_completed', 'workflow_failed', 'workflow_cancelled']);

/** Knows from the bus which runs are over. */
export function runWatch() {
  const runs = new Map<string, { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void }>();
  const settled = new Set<string>();

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
      }
    },
    isOver: (runId: string): boolean => settled.has(runId),
    /** @throws Error when the request for the run was rejected */
    over: (runId: string): Promise<void> => waiting(runId).promise,
  };
}
