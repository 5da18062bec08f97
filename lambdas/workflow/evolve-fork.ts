import type { Draft } from './draft.ts';
import type { RunEvent } from './events.ts';
import { opened } from './opened.ts';
import { relink } from './relink.ts';
import { restoreState } from './snapshot.ts';
import type { TaskState } from './state.ts';

type Forked = Extract<RunEvent, { type: 'run_forked' }>;

/**
 * The other run's state becomes this run's: its work that is done counts as done, what was under way begins again, and
 * waits are open again for as long as at first. Whatever it had asked others for (permits, answers, sub-workflows) is
 * asked for anew.
 */
export function forked(draft: Draft, event: Forked, at: number): void {
  const { definition, input, contracts, completed, asked, parameters, rounds, mailbox, received, tasks, fork } =
    restoreState(opened(event.state));
  Object.assign(draft, { definition, input, contracts, completed, asked, ...(parameters && { parameters }) });
  draft.phase = 'running';
  draft.request = event.request;
  draft.startedAt = at;
  draft.deadline = event.deadline;
  const before = fork && [fork.from, ...(fork.before ?? [])];
  draft.fork = { from: event.from, at: event.at, effects: event.effects, ...(before && { before }) };
  if (event.effects === 'recorded') draft.records = opened(event.records);
  draft.rounds = new Map(rounds);
  draft.mailbox = [...mailbox, ...draft.mailbox];
  draft.received = new Set([...received, ...draft.received]);
  draft.tasks = tasks.map(({ usage: _usage, ...task }) => inFork(task, at));
  relink(draft, at);
}

function inFork(task: TaskState, at: number): TaskState {
  const { on, status, definition } = task;
  switch (status) {
    // The other run has done it, and only that one may take it back.
    case 'completed':
      return { ...task, recorded: true };
    case 'dispatched':
    case 'backoff':
      return begunAgain(task, at, (task.forgiven ?? 0) + (status === 'dispatched' ? 1 : 0));
    case 'suspended': {
      if (on?.for === 'items') return task;
      if (on?.for === 'tasks') return withoutPermits(task);
      if (on?.for !== 'event')
        return begunAgain(task, at, on?.for === 'decision' && on.error ? task.attempt : (task.forgiven ?? 0) + 1);
      const { due: _due, ...wait } = task;
      const seconds = definition.timeoutSeconds;
      return { ...wait, since: at, ...(seconds !== undefined && { due: at + seconds * 1_000 }) };
    }
    case 'waiting':
    case 'ready':
      return withoutPermits(task);
    default:
      return task;
  }
}

/** Its attempts are numbered on. @param forgiven attempts that count for nothing, since nothing came of them */
function begunAgain(task: TaskState, at: number, forgiven: number): TaskState {
  const { on: _on, due: _due, route: _route, probe: _probe, silences: _silences, unsure: _unsure, ...rest } = task;
  return { ...withoutPermits(rest), status: 'ready', since: at, forgiven: Math.max(task.forgiven ?? 0, forgiven) };
}

/** Permits are the other run's: each attempt asks for its own. */
function withoutPermits({ gates: _gates, permits: _permits, ...task }: TaskState): TaskState {
  return task;
}
