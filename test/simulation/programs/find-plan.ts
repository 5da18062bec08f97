import type { Program, TaskPlan } from './plan.ts';

/** Whose plan a task goes by: one of a forEach by its forEach's, an undo by what it undoes. */
export function parentOf(taskId: string): string {
  return taskId.replace(/(\.\d+|\.undo)+$/, '');
}

/** A task of the program, or one that is added to it. */
export function findPlan(program: Program, id: string): TaskPlan | undefined {
  const search = (tasks: readonly TaskPlan[]): TaskPlan | undefined => {
    for (const task of tasks) {
      if (task.id === id) return task;
      const inner = task.kind === 'type' ? search(task.work.adds) : undefined;
      if (inner) return inner;
    }
    return undefined;
  };
  return search(program.tasks);
}
