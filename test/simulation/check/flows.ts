import type { Gate } from '../../../lambdas/contracts/flow-control.ts';
import { isFlowId } from '../../../lambdas/flow/flow-identity.ts';
import type { PlayedHistory, PlayedRun } from '../played.ts';
import { checkEntry } from './admission.ts';
import { foldFlow } from './flow-journal.ts';
import { checkPermits } from './permits.ts';

/** Rule 13: limits hold at every moment, everything is given back, and nobody is forgotten at a gate. */
export async function checkFlows(history: PlayedHistory, runs: readonly PlayedRun[]): Promise<string[]> {
  const { platform, notes } = history;
  const ids = new Set(notes.commits.flatMap(({ id }) => (isFlowId(id) ? [id] : [])));
  const faults: string[] = runs.flatMap((run) => checkEntry(run, runs, history.plan));
  const gates = new Map<string, Gate>();
  const expired = new Set<string>();
  for (const id of ids) {
    const entries = await platform.world.flowJournal.read(id, 0);
    const flow = foldFlow(entries, runs);
    if (flow.gate) gates.set(id, flow.gate);
    if (flow.expired) expired.add(id);
    const name = `${flow.gate?.rule.kind} ${flow.gate?.name} "${flow.gate?.key}"`;
    faults.push(...flow.faults.map((fault) => `${fault} (flow ${name})`));
  }
  for (const id of expired) gates.delete(id);
  return [...faults, ...checkPermits(history, runs, gates)];
}
