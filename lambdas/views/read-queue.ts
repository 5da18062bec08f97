import type { Runs } from '../runtime/ports.ts';
import { inGroups } from './in-groups.ts';
import { type FlowLines, flowLines, type QueueLine, runLines } from './queue-lines.ts';
import { readFlow } from './read-flow.ts';
import { readFurther } from './read-fold.ts';
import { newFold } from './run-fold.ts';
import type { FlowReadPorts, RunReadPorts } from './view-ports.ts';

/** Flows and runs looked at: those in use, and the latest. */
const FLOWS = 500;
const RUNS = 100;

export interface QueueReadPorts extends FlowReadPorts, Omit<RunReadPorts, 'runs'> {
  readonly runs: Pick<Runs, 'list'>;
}

/**
 * The limits at which something is under way, and the runs that stand still by themselves.
 * @param name of a limit or workflow; default: all
 */
export async function readQueue(
  ports: QueueReadPorts,
  { tenant, name }: { readonly tenant: string; readonly name?: string },
  now: number,
): Promise<{ flows: FlowLines[]; runs: QueueLine[] }> {
  const gates = (await ports.flowDirectory.list(tenant, FLOWS)).filter(
    (gate) => name === undefined || gate.name === name,
  );
  const flows = await inGroups(gates, async (gate) =>
    flowLines(gate, await readFlow(ports, gate.flow_id), tenant, now),
  );
  const latest = await ports.runs.list(tenant, RUNS);
  const open = latest.filter(
    ({ status, workflow }) => status === 'running' && (name === undefined || workflow === name),
  );
  const runs = await inGroups(open, async ({ runId }) => runLines(await readFurther(ports, newFold(runId)), now));
  const inUse = flows.filter(({ lines, others }) => lines.length + others.running + others.waiting > 0);
  return { flows: inUse, runs: runs.flat() };
}
