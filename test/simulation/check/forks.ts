import { stateAt } from '../../../lambdas/workflow/replay.ts';
import { effectKey } from '../fleet/ledger.ts';
import type { PlayedHistory } from '../played.ts';
import { AGENTS } from '../programs/plan.ts';
import type { PlayedFork } from '../read-runs.ts';

/** A fork that goes by the record comes to an end, and nothing of it reaches the outside a second time. */
export function checkForks({ ledger }: PlayedHistory, forks: readonly PlayedFork[]): string[] {
  return forks.flatMap(({ record, entries, from }) => {
    const faults: string[] = [];
    const say = (fault: string): void => void faults.push(`fork ${record.runId}: ${fault}`);
    const state = stateAt(record.runId, entries);
    if (!['completed', 'failed', 'cancelled'].includes(state.phase)) say(`L: it never ended, it is ${state.phase}`);
    if (record.status !== state.phase) say(`L: the index of runs says ${record.status}, the journal ${state.phase}`);
    const sent = entries.flatMap(({ events }) => events.filter((event) => event.type === 'tasks_dispatched'));
    const outside = sent.find(({ agent }) => AGENTS.outside.some((name) => name === agent));
    if (outside) say(`E: ${outside.agent} was asked to do again what it did for another run`);
    const source = from && stateAt(from.runId, from.entries);
    for (const task of state.tasks) {
      const { id } = task.definition;
      if ((ledger.charges.get(effectKey(record.runId, id)) ?? 0) > 0) say(`E: ${id} took effect outside once more`);
      const index = source?.indexOf.get(id);
      const original = index === undefined ? undefined : source?.tasks[index];
      if (!task.recorded || original?.status !== 'completed') continue;
      if (JSON.stringify(original.result) !== JSON.stringify(task.result)) say(`E: ${id} answers what it never did`);
    }
    return faults;
  });
}
