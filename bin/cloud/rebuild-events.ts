import type { BusEvent } from '../../lambdas/contracts/bus-events.ts';
import { outcomeEvent } from '../../lambdas/platform/coordinator/outcome.ts';
import type { Blobs, RunRecord } from '../../lambdas/runtime/ports.ts';
import { type Effect, effectsOf } from '../../lambdas/workflow/effects.ts';
import { evolve } from '../../lambdas/workflow/evolve.ts';
import type { JournalEntry } from '../../lambdas/workflow/journal.ts';
import { newRun, type RunState } from '../../lambdas/workflow/state.ts';
import { CliError } from '../cli-error.ts';
import { readJournal } from './read-journal.ts';
import type { Session } from './session.ts';

/** What the platform has said of a run, and when. */
export interface PastEvent {
  /** ms */
  readonly at: number;
  readonly event: BusEvent;
}

/** Which events are wanted. */
export interface Wanted {
  readonly tenant: string;
  readonly correlationId?: string;
  /** ms, both included. */
  readonly from?: number;
  readonly to?: number;
}

/** More than these are never replayed at once: what is meant is usually less. */
const MOST_RUNS = 1_000;
const MOST_EVENTS = 10_000;

/**
 * The events that the platform published about runs, rebuilt from their journals, in order of time.
 * @throws CliError when there are more than can be meant
 */
export async function rebuildEvents(
  session: Pick<Session, 'journal' | 'runs' | 'blobs'>,
  wanted: Wanted,
): Promise<{ readonly runs: number; readonly events: readonly PastEvent[] }> {
  const runs = await runsWanted(session, wanted);
  const events: PastEvent[] = [];
  let concerned = 0;
  for (const { runId, status } of runs) {
    if (status === 'requested') continue;
    const said = (await eventsOf(runId, await readJournal(session, runId), session.blobs)).filter(isWithin(wanted));
    if (said.length > 0) concerned += 1;
    events.push(...said);
    if (events.length > MOST_EVENTS) throw tooMany(`more than ${MOST_EVENTS} events`);
  }
  return { runs: concerned, events: events.sort((a, b) => a.at - b.at) };
}

/** What the platform published about a run, entry by entry. */
export async function eventsOf(
  runId: string,
  entries: readonly JournalEntry[],
  blobs: Pick<Blobs, 'put'>,
): Promise<PastEvent[]> {
  const events: PastEvent[] = [];
  let state = newRun(runId);
  for (const entry of entries) {
    state = evolve(state, entry.events, entry.at);
    for (const effect of effectsOf(state, entry)) {
      const event = await publishedBy(effect, state, blobs);
      if (event) events.push({ at: entry.at, event });
    }
  }
  return events;
}

async function publishedBy(effect: Effect, state: RunState, blobs: Pick<Blobs, 'put'>): Promise<BusEvent | undefined> {
  if (effect.type === 'publish') return effect.event;
  return effect.type === 'publish_outcome' ? outcomeEvent(state, blobs) : undefined;
}

async function runsWanted({ runs }: Pick<Session, 'runs'>, wanted: Wanted): Promise<RunRecord[]> {
  const { tenant, correlationId, from = 0, to = Number.POSITIVE_INFINITY } = wanted;
  const found =
    correlationId === undefined
      ? await runs.list(tenant, MOST_RUNS + 1)
      : await runs.correlated(tenant, correlationId, MOST_RUNS + 1);
  // The list is the newest first: if it is full, older runs of the window may be missing.
  const oldest = found.at(-1);
  if (found.length > MOST_RUNS && oldest && oldest.requestedAt >= from) throw tooMany(`more than ${MOST_RUNS} runs`);
  return found.filter(({ requestedAt, endedAt = Number.POSITIVE_INFINITY }) => requestedAt <= to && endedAt >= from);
}

const isWithin =
  ({ from = 0, to = Number.POSITIVE_INFINITY }: Wanted) =>
  ({ at }: PastEvent): boolean =>
    at >= from && at <= to;

function tooMany(what: string): CliError {
  return new CliError(`these are ${what}`, 'name a shorter time with --from and --to, or one --correlation');
}
