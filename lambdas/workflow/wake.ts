import { remind } from './ask-ladder.ts';
import { REPORT_GRACE_MS } from './end-run.ts';
import type { TaskIndex } from './events.ts';
import { failTask, giveUp, isDraining, recordFailure, recordSilence } from './failure.ts';
import { lookAfter } from './liveness.ts';
import { hasEnded, isStopped, type TaskState } from './state.ts';
import type { Turn } from './turn.ts';

/** Carries out what has become due: attempts without an answer, retries, waits that are over. */
export function wake(turn: Turn): void {
  const { draft, emit, context } = turn;
  if (draft.timer !== undefined && draft.timer <= context.now) emit({ type: 'timer_fired' });
  const stopped = isStopped(draft);
  // The end of the turn puts an end to it.
  if (hasEnded(draft) || (context.now >= draft.deadline && !stopped)) return;
  lookAfter(turn);
  if (!stopped) remind(turn);
  const retries: TaskIndex[] = [];
  const resumed: TaskIndex[] = [];
  // A copy: what falls due may change other tasks.
  for (const index of draft.tasks.keys()) {
    const task = draft.tasks[index];
    if (task?.due === undefined || task.due > context.now || hasEnded(draft)) continue;
    if (task.status === 'backoff') retries.push(index);
    else if (task.status === 'dispatched') passNotAfter(turn, index, task);
    else if (task.status === 'suspended' && task.on?.for === 'agent') resumed.push(index);
    else if (task.status === 'suspended' && !isStopped(draft)) endWait(turn, index, task);
  }
  const still = (status: TaskState['status']) => (index: TaskIndex) => draft.tasks[index]?.status === status;
  const due = retries.filter(still('backoff'));
  const free = resumed.filter(still('suspended'));
  if (due.length > 0) emit({ type: 'retry_due', tasks: due });
  if (free.length > 0) emit({ type: 'tasks_resumed', tasks: free });
}

/** Compensation waits a while longer for the report of work that may be done already. */
function passNotAfter(turn: Turn, index: TaskIndex, task: TaskState): void {
  const { agent, attempt, due = 0 } = task;
  if (isDraining(turn, task) && turn.context.now < due + REPORT_GRACE_MS) return;
  const message = `${agent} did not answer attempt ${attempt} in time`;
  recordSilence(turn, index, { code: 'task_timeout', class: 'recoverable', message });
}

function endWait(turn: Turn, index: TaskIndex, { definition, on, attempt, since }: TaskState): void {
  const { id } = definition;
  switch (on?.for) {
    case 'time':
      turn.emit({ type: 'tasks_completed', done: [[index, attempt, turn.context.now - since, { value: null }]] });
      return;
    case 'event': {
      const key = on.key === undefined ? '' : ` with key "${on.key}"`;
      const message = `task "${id}" waited in vain for the event "${on.event}"${key}`;
      giveUp(turn, index, { code: 'wait_timeout', class: 'non_recoverable', message });
      return;
    }
    case 'decision': {
      // Silence is never a yes, nor a retry.
      const message = `nobody answered in time: ${on.question}`.slice(0, 2_000);
      if (on.error !== undefined || definition.fallback === undefined)
        failTask(turn, index, on.error ?? { code: 'no_decision', class: 'non_recoverable', message });
      else giveUp(turn, index, { code: 'no_decision', class: 'non_recoverable', message });
      return;
    }
    case 'run': {
      const message = `the sub-workflow ${on.workflow} (${on.runId}) did not end in time`;
      recordFailure(turn, index, { code: 'sub_workflow_timeout', class: 'recoverable', message });
      return;
    }
  }
}
