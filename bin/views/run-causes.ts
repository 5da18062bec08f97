import type { RunCause } from '../../lambdas/views/run-causes.ts';
import { table, timeOf } from './text.ts';

export function runCausesTable(causes: readonly RunCause[], now: number): string {
  const rows = causes.map(({ fingerprint, workflow, reason, runs }) => [
    fingerprint,
    String(runs.length),
    timeOf(Math.max(...runs.map(({ endedAt, requestedAt }) => endedAt ?? requestedAt)), now),
    workflow,
    reason.slice(0, 160),
  ]);
  return table(['cause', 'runs', 'last', 'workflow', 'reason'], rows);
}
