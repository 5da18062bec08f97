import type { FlowEvent } from './events.ts';
import { HEAD_START } from './fair-choice.ts';
import { type Claim, capacityOf, type FlowState, heldBy, isWaiting, waitingOf } from './state.ts';

/** A flow being folded: the same shape, owned by one turn and written in place. */
export type FlowDraft = { -readonly [K in keyof FlowState]: FlowState[K] } & { claims: Map<string, Claim> };

type Event<T extends FlowEvent['type']> = Extract<FlowEvent, { type: T }>;

/** An event that this version of the engine does not know: the flow is left alone until a newer one reads it. */
export class UnknownFlowEvent extends Error {}

/** How much of the mean hold time one more permit leaves as it was. */
const MEMORY = 0.8;

export const draftOf = (state: FlowState): FlowDraft => ({ ...state, claims: new Map(state.claims) });

/** The state after these events, which happened at `at`. Pure. @throws UnknownFlowEvent */
export function evolve(state: FlowState, events: readonly FlowEvent[], at: number): FlowState {
  const draft = draftOf(state);
  for (const event of events) apply(draft, event, at);
  return draft;
}

export function apply(draft: FlowDraft, event: FlowEvent, at: number): void {
  switch (event.type) {
    case 'rule_set':
      setRule(draft, event, at);
      return;
    case 'permits_asked':
      noteAsk(draft, event, at);
      return;
    case 'claim_doubted': {
      const { run, claimant, since, expires } = event;
      const nothing = { asked: 0, returned: 0, granted: 0, unanswered: 1, quiet: 0, doubted: true } as const;
      draft.claims.set(run, { claimant, since, expires, waitsFrom: at, heard: at, checked: at, ...nothing });
      return;
    }
    case 'permits_granted':
      grant(draft, event, at);
      return;
    case 'claim_refused':
      change(draft, event.run, { refused: event.refusal });
      return;
    case 'batch_gathered':
      gather(draft, event, at);
      return;
    case 'holder_cancelled':
      change(draft, event.run, { cancelled: true });
      return;
    case 'claims_ended':
    case 'claims_expired':
      for (const run of event.runs) drop(draft, run, at);
      return;
    case 'claims_checked':
      for (const run of event.runs) {
        const { unanswered = 0, quiet = 0 } = draft.claims.get(run) ?? {};
        change(draft, run, { checked: at, unanswered: unanswered + 1, quiet: quiet + 1 });
      }
      return;
    case 'timer_armed':
      draft.timer = event.at;
      return;
    case 'wake_set':
      if (event.at === undefined) delete draft.wake;
      else draft.wake = event.at;
      return;
    case 'message_refused':
      return;
    default:
      throw new UnknownFlowEvent(`unknown flow event ${JSON.stringify((event satisfies never as FlowEvent).type)}`);
  }
}

function setRule(draft: FlowDraft, { gate }: Event<'rule_set'>, at: number): void {
  draft.gate = gate;
  const { rule } = gate;
  // What an earlier, slower rate has put off is not waited for under a faster one.
  if (rule.kind === 'rate')
    draft.tat = Math.min(draft.tat, at + ((rule.burst ?? 1) * rule.periodSeconds * 1_000) / rule.limit);
}

function noteAsk(draft: FlowDraft, event: Event<'permits_asked'>, at: number): void {
  const { run, claimant, asked, returned, withdrawn, since, expires, input, answer } = event;
  const known = draft.claims.get(run);
  if (known) noteReturns(draft, known, returned - known.returned, at);
  // What was given back had been granted, whatever became of our memory of it.
  const granted = Math.max(known?.granted ?? 0, returned);
  // A new ask is answered anew, whatever became of the one before.
  const { refused: _refused, batch: _batch, cancelled: _cancelled, doubted: _doubted, ...anew } = known ?? {};
  const wasWaiting = known !== undefined && isWaiting(known);
  const claim: Claim = {
    ...(known && asked > known.asked ? anew : known),
    ...{ claimant, asked, returned, granted, since, expires, heard: at, unanswered: 0 },
    waitsFrom: wasWaiting ? known.waitsFrom : at,
    quiet: answer ? (known?.quiet ?? 0) : 0,
    ...(withdrawn !== undefined && { withdrawn }),
    ...(input && { input }),
  };
  const waits = isWaiting(claim);
  const entersLine = waits && !wasWaiting;
  if (entersLine) draft.claims.delete(run);
  draft.claims.set(run, waits || !known ? claim : { ...claim, since: known.since });
  if (entersLine && draft.gate?.rule.kind === 'debounce') draft.streakFrom ??= at;
}

function grant(draft: FlowDraft, { grants, tat, turns }: Event<'permits_granted'>, at: number): void {
  for (const [run, permits] of grants) give(draft, run, permits, at);
  if (tat !== undefined) draft.tat = tat;
  if (turns) {
    draft.virtual = turns.virtual;
    const finish = Object.entries({ ...draft.finish, ...Object.fromEntries(turns.finish) });
    // Whose turn ended so long ago in virtual time is like one who never came.
    draft.finish = Object.fromEntries(finish.filter(([, ended]) => ended > turns.virtual - HEAD_START));
  }
  endStreak(draft);
}

function give(draft: FlowDraft, run: string, permits: number, at: number): void {
  const claim = draft.claims.get(run);
  if (!claim) return;
  const held = heldBy(claim);
  const heldFrom = Math.round(((claim.heldFrom ?? at) * held + at * permits) / (held + permits));
  change(draft, run, { granted: claim.granted + permits, served: at, heldFrom });
}

/** The inputs lie with the leader from here on, so that it can be told again after a member has left. */
function gather(draft: FlowDraft, { leader, members }: Event<'batch_gathered'>, at: number): void {
  const items = [leader, ...members].flatMap((run) => draft.claims.get(run)?.input ?? []);
  for (const run of [leader, ...members]) {
    const asked = draft.claims.get(run);
    if (asked) give(draft, run, waitingOf(asked), at);
    const claim = draft.claims.get(run);
    if (!claim) continue;
    const { input: _input, ...rest } = claim;
    draft.claims.set(run, { ...rest, batch: run === leader ? { items, members } : { leader } });
  }
}

function drop(draft: FlowDraft, run: string, at: number): void {
  const claim = draft.claims.get(run);
  if (!claim) return;
  noteReturns(draft, claim, heldBy(claim), at);
  draft.claims.delete(run);
  draft.forgottenUpTo = Math.max(draft.forgottenUpTo ?? 0, claim.since);
  endStreak(draft);
}

function endStreak(draft: FlowDraft): void {
  if (draft.streakFrom !== undefined && ![...draft.claims.values()].some(isWaiting)) delete draft.streakFrom;
}

/** So many permits came back, after having been held for as long as the run's are on average. */
function noteReturns(draft: FlowDraft, claim: Claim, permits: number, at: number): void {
  if (permits <= 0 || claim.heldFrom === undefined || !draft.gate || capacityOf(draft.gate.rule) === undefined) return;
  const ms = Math.max(0, at - claim.heldFrom);
  const kept = draft.holdMs === undefined ? 0 : MEMORY ** permits;
  draft.holdMs = Math.round((draft.holdMs ?? 0) * kept + ms * (1 - kept));
}

function change(draft: FlowDraft, run: string, fields: Partial<Claim>): void {
  const claim = draft.claims.get(run);
  if (claim) draft.claims.set(run, { ...claim, ...fields });
}
