import type { RunFold } from '../../lambdas/views/run-fold.ts';
import { hasEnded, type RunView, viewOf } from '../../lambdas/views/run-view.ts';

/** What a run made of a request of a person: done, with how it stands now, or refused with the reason. */
export type RequestAnswer = { readonly view: RunView } | { readonly refused: string };

/**
 * What the journal says of the request with this event id; undefined as long as it says nothing.
 * @param before the run as it was when the request was made
 */
export function answerTo(fold: RunFold, before: RunFold, id: string): RequestAnswer | undefined {
  const refusal = fold.refusals.find(({ requestId }) => requestId === id);
  if (refusal) return { refused: refusal.reason };
  if (fold.state.received.has(id)) return { view: viewOf(fold) };
  const view = viewOf(fold);
  return hasEnded(view) && !hasEnded(viewOf(before)) ? { refused: `the run is ${view.status} by now` } : undefined;
}
