import type { ProgressBoard, TaskProgress } from '../../runtime/ports.ts';
import type { MemoryTable } from './memory-table.ts';

/** The live view's rows in memory; the newest word on a task wins, as on AWS. */
export function memoryProgressBoard(table: MemoryTable): ProgressBoard {
  const tasks = new Map<string, Map<string, TaskProgress>>();
  const watchers = new Map<string, Set<string>>();
  const byName = (a: string, b: string): number => (a < b ? -1 : 1);

  return {
    put: async (runId, taskId, agent, progress, step, at) => {
      table.billWrite({});
      const ofRun = tasks.get(runId) ?? new Map<string, TaskProgress>();
      tasks.set(runId, ofRun);
      if ((ofRun.get(taskId)?.at ?? 0) <= at) ofRun.set(taskId, { taskId, agent, progress, step, at });
    },
    list: async (runId) => {
      table.billRead(0, false);
      return [...(tasks.get(runId)?.values() ?? [])]
        .sort((a, b) => byName(a.taskId, b.taskId))
        .map((progress) => ({ ...progress }));
    },
    watch: async (runId, agents) => {
      for (const _ of agents) table.billWrite({});
      watchers.set(runId, new Set([...(watchers.get(runId) ?? []), ...agents]));
    },
    watchers: async (runId) => {
      table.billRead(0, false);
      return [...(watchers.get(runId) ?? [])].sort(byName);
    },
  };
}
