import { ownTasks, type Program, type TaskPlan } from './plan.ts';

/** Whose plan a task goes by: one of a forEach by its forEach's, an undo by what it undoes. */
export function parentOf(taskId: string): string {
  return taskId.replace(/(\.\d+|\.undo)+$/, '');
}

/** A task of the program, or one that is added or delegated by one of its. */
export function findPlan(program: Program, id: string): TaskPlan | undefined {
  const search = (tasks: readonly TaskPlan[]): TaskPlan | undefined => {
    for (const task of tasks) {
      if (task.id === id) return task;
      const inner = search([...(task.kind === 'type' ? task.work.adds : []), ...ownTasks(task)]);
      if (inner) return inner;
    }
    return undefined;
  };
  return search(program.tasks);
}

/** The plan of a task of the run: of what another has delegated, by the place at which that one did. */
export function planOfTask(program: Program, taskId: string): TaskPlan | undefined {
  const [first = '', ...keys] = taskId.split('..').filter((part, index) => index === 0 || !/^e\d+$/.test(part));
  return keys.reduce<TaskPlan | undefined>(
    (owner, key) => owner && ownPlan(owner, parentOf(key)),
    findPlan(program, parentOf(first)),
  );
}

/** A key is the number of the call, and what was called or its own id: "2-ask", "3.x". */
function ownPlan(owner: TaskPlan, key: string): TaskPlan | undefined {
  if (owner.kind !== 'type') return undefined;
  const call = owner.work.rounds?.flat()[Number.parseInt(key, 10) - 1];
  const name = /^\d+\.(.*)$/.exec(key)?.[1];
  return name === undefined ? call?.tasks[0] : call?.tasks.find(({ id }) => id === name);
}
