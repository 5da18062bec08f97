import type { Conversed, ModelAnswer, ModelRequest } from '../model.ts';
import type { AtPaidWork } from '../open-abilities.ts';

/**
 * Asks in an operation of its own. What a model makes of something that came from outside counts as come from outside too,
 * and is recorded so: whoever wrote a web page that it read may have written its answer.
 */
export async function answerIn(
  work: AtPaidWork,
  label: string,
  request: ModelRequest,
  make: () => Promise<ModelAnswer>,
): Promise<ModelAnswer> {
  const answer = await work.operation('model', label, async (): Promise<ModelAnswer> => {
    const made = await make();
    return isFromOutside(work, request) ? { ...made, tainted: true } : made;
  });
  markAnswer(work, answer);
  return answer;
}

export function isFromOutside({ taint }: AtPaidWork, { system, prompt, messages }: ModelRequest): boolean {
  return taint.isTainted([system ?? '', prompt ?? '', messages ?? []]);
}

/** @param more what was read out of it */
export function markAnswer({ taint }: AtPaidWork, { tainted, text, toolCalls }: ModelAnswer, more?: unknown): void {
  if (tainted) taint.mark([text, toolCalls, more ?? null]);
}

/** A conversation that comes from the record has run no tools this time: what they said is in its messages. */
export function markConversed({ taint }: AtPaidWork, { answer, messages }: Conversed): void {
  if (answer.tainted) taint.mark(messages.filter(({ role }) => role !== 'user'));
}

const FIRST_MARK = 20;

/** Marks the beginning of a text that is still coming, each time it has doubled. */
export function markAsItComes({ taint }: AtPaidWork, isTainted: boolean): (piece: string) => void {
  let text = '';
  let next = FIRST_MARK;
  return (piece) => {
    if (!isTainted) return;
    text += piece;
    if (text.length < next) return;
    taint.mark(text);
    next = text.length * 2;
  };
}
