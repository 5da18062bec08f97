import { giveUpWaiting } from './admission.ts';
import { endCompensation, failRun } from './end-run.ts';
import { isAdmitted, isStopped } from './state.ts';
import type { Turn } from './turn.ts';

/** Ends a run whose time is over, or its compensation. Only the coordinator decides at the deadline (rule 4). */
export function mindDeadline(turn: Turn): void {
  const { draft, context } = turn;
  if (context.now < draft.deadline || isStopped(draft)) return;
  if (draft.phase === 'compensating') {
    endCompensation(turn);
    return;
  }
  if (!isAdmitted(draft)) {
    giveUpWaiting(turn);
    return;
  }
  const seconds = draft.definition.timeoutSeconds;
  const message = `the workflow did not end within its ${seconds} s; raise timeoutSeconds or see which task is slow`;
  failRun(turn, { code: 'workflow_deadline', class: 'non_recoverable', message });
}
