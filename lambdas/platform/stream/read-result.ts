import { DataError } from '../../contracts/errors.ts';
import type { Json } from '../../contracts/json.ts';
import { readFold } from '../../views/read-fold.ts';
import { resultOfRun } from '../../views/run-result.ts';
import type { RunReadPorts } from '../../views/view-ports.ts';

/** What a run answered, from its journal; undefined when that is gone, or nobody here can read it. */
export async function readResult(runId: string, ports: RunReadPorts): Promise<Json | undefined> {
  try {
    const { view } = await readFold(ports, runId);
    return view.status === 'completed' ? await resultOfRun(ports, view) : undefined;
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}
