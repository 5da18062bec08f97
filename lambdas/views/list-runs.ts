import type { RunRecord } from '../runtime/ports.ts';
import { inGroups } from './in-groups.ts';
import { readFurther } from './read-fold.ts';
import { type ListedRun, listed } from './run-causes.ts';
import { newFold } from './run-fold.ts';
import { viewOf } from './run-view.ts';
import type { RunReadPorts } from './view-ports.ts';

/** Runs as a list shows them. Their records do not say whether they are paused; their journals do. */
export function listedRuns(ports: Omit<RunReadPorts, 'runs'>, records: readonly RunRecord[]): Promise<ListedRun[]> {
  return inGroups(records, async (record) => {
    if (record.status !== 'running') return record;
    return listed(record, viewOf(await readFurther(ports, newFold(record.runId))));
  });
}
