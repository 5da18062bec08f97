import { createHash } from 'node:crypto';
import type { ResultValue } from '../contracts/blob.ts';
import { canonicalJson } from '../contracts/canonical-json.ts';
import type { Json } from '../contracts/json.ts';
import { DEFAULT_OPTIONS } from '../contracts/task-kinds.ts';
import type { Suspension, TaskIndex } from './events.ts';
import { hasEnded, type TaskState } from './state.ts';
import type { Evaluation, Turn } from './turn.ts';

type Question = Extract<Suspension, { for: 'decision' }>;
type Known = Pick<Extract<Evaluation, { question?: string }>, 'question' | 'shows' | 'tie'>;

/** What a task asks a person for: the question, what it is about, and who is asked when if nobody answers. */
export function questionOf(
  { runId }: { runId: string },
  task: TaskState,
  known: Known,
  id: string,
  now: number,
): Question {
  const { options = DEFAULT_OPTIONS, to, question = '', remindAfterSeconds, second, self } = task.definition.ask ?? {};
  const asked = known.tie ?? { question: known.question ?? question, options };
  const { shows } = known;
  const remindAt = remindAfterSeconds?.map((seconds) => now + seconds * 1_000).sort((a, b) => a - b) ?? [];
  return {
    for: 'decision',
    id,
    ...asked,
    digest: decisionDigest(runId, { id, ...asked, ...(shows && { shows }) }),
    ...(to !== undefined && { to }),
    ...(shows && { shows }),
    ...(remindAt.length > 0 && { remindAt }),
    ...(second && { second: { to: second.to, at: now + second.afterSeconds * 1_000 } }),
    ...((self || !task.definition.ask) && { self: true as const }),
  };
}

/**
 * What an answer is bound to, as 64 hexadecimal digits: sha256 over the canonical JSON of
 * `{run, decision, question, options, shows}`, where what is large is named by `{sha256, bytes}` of its blob.
 */
export function decisionDigest(
  run: string,
  { id, question, options, shows }: Pick<Question, 'id' | 'question' | 'options' | 'shows'>,
): string {
  const about: Json = { run, decision: id, question, options: [...options], shows: shows ? contentOf(shows) : null };
  return createHash('sha256').update(canonicalJson(about)).digest('hex');
}

function contentOf(shows: ResultValue): Json {
  if ('value' in shows) return shows.value;
  return { sha256: shows.ref.sha256, bytes: shows.ref.bytes };
}

/** When somebody is reminded next, or somebody else is asked as well. */
export function nextReminder({ status, on }: TaskState): number {
  if (status !== 'suspended' || on?.for !== 'decision') return Number.POSITIVE_INFINITY;
  return Math.min(on.remindAt?.[0] ?? Number.POSITIVE_INFINITY, on.second?.at ?? Number.POSITIVE_INFINITY);
}

/** Reminds those who have not answered. Silence is never an answer. */
export function remind({ draft, emit, context }: Turn): void {
  if (hasEnded(draft)) return;
  for (const [task, state] of draft.tasks.entries()) {
    if (nextReminder(state) <= context.now && state.on?.for === 'decision') remindOf(emit, task, state.on, context.now);
  }
}

function remindOf(emit: Turn['emit'], task: TaskIndex, on: Question, now: number): void {
  const { reminders = 0, second } = on;
  const late = (on.remindAt?.[0] ?? Number.POSITIVE_INFINITY) <= now;
  if (late) emit({ type: 'decision_reminded', task, reminder: reminders + 1 });
  if (!second || second.at > now) return;
  emit({ type: 'decision_reminded', task, reminder: reminders + (late ? 2 : 1), to: second.to });
}
