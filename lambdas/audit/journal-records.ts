import type { AuditRecord, DecisionRecord, MessageRecord } from '../contracts/audit.ts';
import { type Effect, effectsOf } from '../workflow/effects.ts';
import type { RunEvent } from '../workflow/events.ts';
import { evolveAll } from '../workflow/evolve.ts';
import type { JournalEntry } from '../workflow/journal.ts';
import { urgencyOf } from '../workflow/line.ts';
import { newRun, type RunState, taskAt } from '../workflow/state.ts';

/** Whoever is not named: nobody but the platform's own rules. */
const COORDINATOR = 'coordinator';

/**
 * What a run's journal says of messages and decisions, in order. Pure: the journal is the record of both, these are its
 * lines without any body.
 * @param entries of the run from the first on, documents opened
 */
export const journalRecords = (runId: string, entries: readonly JournalEntry[]): AuditRecord[] =>
  foldRecords(runId, entries, 0).records;

/**
 * The same of the entries after a number, and the state that all of them lead to.
 * @param after entries up to this number are only folded
 */
export function foldRecords(
  runId: string,
  entries: readonly JournalEntry[],
  after: number,
): { readonly state: RunState; readonly records: AuditRecord[] } {
  const records: AuditRecord[] = [];
  const state = evolveAll(newRun(runId), entries, (then, entry) => {
    if (entry.seq > after) records.push(...recordsOf(then, entry));
  });
  return { state, records };
}

/** First what came in, then what was decided, then what went out. */
function recordsOf(state: RunState, entry: JournalEntry): AuditRecord[] {
  const about = {
    at: entry.at,
    tenant: state.request.tenant,
    correlation_id: state.request.correlation_id,
    run_id: state.runId,
  };
  return [
    ...heardIn(entry).map((message): MessageRecord => ({ kind: 'message', ...about, ...message })),
    ...entry.events.flatMap((event) => decisionIn(event, state).map((made) => ({ ...about, ...made }))),
    ...effectsOf(state, entry).flatMap((effect) => sentBy(effect, state).map((sent) => ({ ...about, ...sent }))),
  ];
}

type Line<T> = Omit<T, 'at' | 'tenant' | 'correlation_id' | 'run_id'>;

function heardIn({ heard = [], events }: JournalEntry): Array<Omit<Line<MessageRecord>, 'kind'>> {
  const refusals = new Map(
    events.flatMap((event) => (event.type === 'message_refused' ? [[event.messageId, event.code] as const] : [])),
  );
  const received = { channel: COORDINATOR, receiver: COORDINATOR };
  const understood = heard.map(([message_id, sender, type, priority]) => {
    const code = refusals.get(message_id);
    refusals.delete(message_id);
    const action = code === undefined ? ('consumed' as const) : ('refused' as const);
    return { ...received, action, message_id, sender, type, priority, ...(code !== undefined && { code }) };
  });
  // What nobody could read has no header to go by.
  const others = [...refusals].map(([message_id, code]) => ({
    ...received,
    ...{ action: 'refused' as const, message_id, sender: 'unknown', type: 'unknown', priority: 2 as const, code },
  }));
  return [...understood, ...others];
}

function sentBy(effect: Effect, state: RunState): Array<Line<MessageRecord> & { kind: 'message' }> {
  const published = { kind: 'message', action: 'published', sender: COORDINATOR } as const;
  const usual = state.definition.priority ?? state.request.priority;
  switch (effect.type) {
    case 'assign': {
      const { id: message_id, agent: receiver, lane } = effect;
      const task = taskAt(state, effect.task);
      const about = { message_id, receiver, task_id: task.definition.id, priority: urgencyOf(state, task) };
      return [{ ...published, ...about, channel: `${receiver}/${lane}`, type: 'task_assignment' }];
    }
    case 'publish':
      return [{ ...published, ...onBus(effect.id, effect.event.name), priority: usual }];
    case 'publish_outcome':
      return [{ ...published, ...onBus(effect.id, `workflow_${state.phase}`), priority: usual }];
    default:
      return [];
  }
}

const onBus = (message_id: string, type: string) => ({ message_id, channel: 'bus', receiver: 'broadcast', type });

/** What was decided, and by whom. Reasons and comments are texts that people wrote: they stay in the journal. */
function decisionIn(event: RunEvent, state: RunState): Array<Line<DecisionRecord>> {
  const made = (by: string | undefined, more: Partial<Line<DecisionRecord>> = {}): Array<Line<DecisionRecord>> => [
    { kind: 'decision', decision: event.type, by: (by || COORDINATOR).slice(0, 160), ...more },
  ];
  const ofTask = (task: number) => {
    const { definition } = taskAt(state, task);
    return { task_id: definition.id };
  };
  const asked = (id: string | undefined) => (id === undefined ? {} : { id });
  switch (event.type) {
    case 'run_started':
    case 'run_forked':
      return made(event.request.requested_by, asked(event.request.request_id));
    case 'decision_taken':
      return made(event.by, { ...ofTask(event.task), decision: event.decision, id: event.id });
    case 'run_paused':
    case 'run_resumed':
    case 'run_edited':
    case 'run_reopened':
    case 'cancel_requested':
    case 'run_cancelled':
      return made(event.by, asked(event.requestId));
    case 'run_held':
    case 'run_released':
    case 'compensation_begun':
    case 'run_completed':
    case 'run_failed':
      return made(undefined);
    case 'task_failed':
    case 'fallback_chosen':
      return made(undefined, ofTask(event.task));
    default:
      return [];
  }
}
