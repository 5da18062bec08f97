import type { ErrorReport } from '../contracts/errors.ts';
import { draftOf, sealed } from '../workflow/draft.ts';
import type { RunEvent, TaskIndex } from '../workflow/events.ts';
import { apply } from '../workflow/evolve.ts';
import type { JournalEntry } from '../workflow/journal.ts';
import { opened } from '../workflow/opened.ts';
import { newRun, type RunState } from '../workflow/state.ts';

/** One try at a task: by whom, why by them, and how it ended. */
export interface AttemptView {
  readonly attempt: number;
  readonly at: number;
  /** None: the platform's own work, such as a wait. */
  readonly agent?: string;
  readonly why?: string;
  /** It finds out whether its agent's breaker may close. */
  readonly probe?: true;
  readonly endedAt?: number;
  readonly outcome?: 'completed' | 'delegated' | 'failed' | 'silent' | 'rerouted';
  readonly error?: ErrorReport;
}

/** What happened to a task between its attempts. */
export interface TurnView {
  readonly at: number;
  readonly what: string;
}

/** What the state of a task does not keep: everything that was tried before. */
export interface TaskHistory {
  readonly attempts: readonly AttemptView[];
  readonly turns: readonly TurnView[];
}

/** A decision that counted. */
export interface TakenDecision {
  readonly task: TaskIndex;
  readonly id: string;
  readonly decision: string;
  readonly by: string;
  readonly at: number;
}

/** A message to the run that counted for nothing. */
export interface Refusal {
  readonly at: number;
  readonly code: string;
  readonly reason: string;
  readonly task?: string;
  readonly decision?: string;
  readonly by?: string;
  /** Of the request that was refused. */
  readonly requestId?: string;
}

/** A run as far as its journal has been read: the engine's own fold, and what it forgets on the way. */
export interface RunFold {
  /** Number of the last journal entry folded in. */
  readonly seq: number;
  readonly state: RunState;
  readonly histories: ReadonlyMap<TaskIndex, TaskHistory>;
  readonly failedAttempts: number;
  readonly decisions: readonly TakenDecision[];
  readonly refusals: readonly Refusal[];
  /** Id of an event → the task that has taken it. */
  readonly takenBy: ReadonlyMap<string, TaskIndex>;
}

const NOTHING: TaskHistory = { attempts: [], turns: [] };

export function newFold(runId: string): RunFold {
  const nothing = { histories: new Map(), failedAttempts: 0, decisions: [], refusals: [], takenBy: new Map() };
  return { seq: 0, state: newRun(runId), ...nothing };
}

/**
 * The fold after further entries. Documents that lie in the blob bucket must have been fetched before.
 * @throws UnknownEvent when a newer engine wrote them
 */
export function foldEntries(fold: RunFold, entries: readonly JournalEntry[]): RunFold {
  const draft = draftOf(fold.state);
  const histories = new Map(fold.histories);
  const decisions = [...fold.decisions];
  const refusals = [...fold.refusals];
  const takenBy = new Map(fold.takenBy);
  let { seq, failedAttempts } = fold;
  for (const entry of entries) {
    for (const event of entry.events) {
      apply(draft, event, entry.at);
      remember(histories, event, entry.at);
      if (event.type === 'run_edited') rememberEdit(histories, event, entry.at, draft.indexOf);
      if (event.type === 'attempt_failed' && !event.rerouted) failedAttempts += 1;
      if (event.type === 'decision_taken') decisions.push({ ...event, at: entry.at });
      if (event.type === 'event_taken') takenBy.set(event.id, event.task);
      if (event.type === 'message_refused') refusals.push({ ...event, at: entry.at });
    }
    seq = entry.seq;
  }
  return { seq, state: sealed(draft), histories, failedAttempts, decisions, refusals, takenBy };
}

function remember(histories: Map<TaskIndex, TaskHistory>, event: RunEvent, at: number): void {
  const edit = (task: TaskIndex, change: (history: TaskHistory) => TaskHistory) =>
    histories.set(task, change(histories.get(task) ?? NOTHING));
  const turn = (task: TaskIndex, what: string) =>
    edit(task, (history) => ({ ...history, turns: [...history.turns, { at, what }] }));
  switch (event.type) {
    case 'tasks_dispatched': {
      const { attempt, agent, why, probe } = event;
      const begun: AttemptView = { attempt, at, agent, why, ...(probe && { probe }) };
      for (const task of event.tasks) edit(task, (history) => ({ ...history, attempts: [...history.attempts, begun] }));
      return;
    }
    case 'tasks_delegated':
      edit(event.task, ended(event.attempt, { endedAt: at, outcome: 'delegated' }));
      return;
    case 'tasks_completed':
      // Without an agent it was a person or the platform: how the agent's attempt had ended stays as it was.
      if (event.agent === undefined) return;
      for (const [task, attempt] of event.done) edit(task, ended(attempt, { endedAt: at, outcome: 'completed' }));
      return;
    case 'attempt_failed': {
      const outcome = event.rerouted ? 'rerouted' : event.silent ? 'silent' : 'failed';
      edit(event.task, ended(event.attempt, { endedAt: at, outcome, error: event.error }));
      if (event.parked) turn(event.task, 'what it was sent is kept for repair: see "muster parked"');
      return;
    }
    case 'task_suspended':
      if (event.on.for === 'agent') turn(event.task, `no agent could have it: ${event.on.reason}`);
      if (event.on.for === 'decision' && event.on.error) turn(event.task, `a person was asked: ${event.on.question}`);
      return;
    case 'decision_taken': {
      const comment = event.comment ? ` ("${event.comment}")` : '';
      return void turn(event.task, `${event.by} decided: ${event.decision}${comment}`);
    }
    case 'fallback_chosen':
      return void turn(event.task, `its fallback stands in: ${event.error.code}: ${event.error.message}`);
  }
}

/** Who has changed what of a task, and why. */
function rememberEdit(
  histories: Map<TaskIndex, TaskHistory>,
  { by, reason, edit }: Extract<RunEvent, { type: 'run_edited' }>,
  at: number,
  indexOf: ReadonlyMap<string, TaskIndex>,
): void {
  for (const [id, change] of Object.entries(opened(edit).tasks ?? {})) {
    const task = indexOf.get(id);
    if (task === undefined) continue;
    const { attempts, turns } = histories.get(task) ?? NOTHING;
    const fields = Object.keys(change).filter((field) => field !== 'anew');
    const did = fields.length === 0 ? 'began it anew' : `changed its ${fields.join(', ')}`;
    const what = `${by} ${did}${reason ? ` ("${reason}")` : ''}`;
    histories.set(task, { attempts, turns: [...turns, { at, what }] });
  }
}

/** An attempt that nobody saw begin is the platform's own work, and has no line here. */
function ended(attempt: number, how: Pick<AttemptView, 'endedAt' | 'outcome' | 'error'>) {
  return (history: TaskHistory): TaskHistory => ({
    ...history,
    attempts: history.attempts.map((one) => (one.attempt === attempt ? { ...one, ...how } : one)),
  });
}
