import { AGEING_SECONDS, type Gate } from '../../../lambdas/contracts/flow-control.ts';
import type { FlowEvent } from '../../../lambdas/flow/events.ts';
import type { JournalEntry } from '../../../lambdas/workflow/journal.ts';
import type { PlayedRun } from '../played.ts';
import { checkRate } from './rates.ts';

/** What a flow knows of a run: a second fold, on purpose without the engine's own. */
interface Claim {
  asked: number;
  granted: number;
  returned: number;
  withdrawn: number;
  refused?: { readonly code: string; readonly by?: string };
  /** Which of all that joined the line, and when it asked, as it says: what comes late is not newer for that. */
  place: number;
  asks: number;
  since: number;
  tenant: string;
  priority: number;
  /** Since when its oldest waits, as it says, or when it was last served. */
  from: number;
  served?: number;
}

const AGEING_MS = AGEING_SECONDS * 1_000;

/** Holds a flow's journal against what may follow what. */
export function foldFlow(entries: readonly JournalEntry<FlowEvent>[], runs: readonly PlayedRun[]) {
  const claims = new Map<string, Claim>();
  const granted: Array<readonly [at: number, permits: number]> = [];
  const faults: string[] = [];
  let gate: Gate | undefined;
  let expired = false;
  let places = 0;
  let before: JournalEntry<FlowEvent> | undefined;
  const expect = (holds: boolean, otherwise: string): void => {
    if (!holds) faults.push(otherwise);
  };
  const waiting = (claim: Claim): number =>
    claim.refused ? 0 : Math.max(0, claim.asked - claim.withdrawn - claim.granted);
  const inLine = (): Array<[string, Claim]> => [...claims].filter(([, claim]) => waiting(claim) > 0);
  const isNewer = (one: Claim, other: Claim): boolean =>
    one.asks === other.asks ? one.place > other.place : one.asks > other.asks;
  /** They have had a permit: should an ask of theirs come once more, it does not matter what becomes of it. */
  const everIn = new Set<string>();
  /** Runs that were forgotten, and how much each had asked for by then. */
  const past = new Map<string, number>();

  function give(run: string, permits: number, at: number): void {
    const claim = claims.get(run);
    expect(
      claim !== undefined && waiting(claim) >= permits,
      `M: ${run} got ${permits} permits that it did not wait for`,
    );
    if (!claim || !gate) return;
    const { rule } = gate;
    if (rule.kind === 'debounce') {
      const isNewest = inLine().every(([, other]) => !isNewer(other, claim));
      expect(isNewest, `E: ${run} was let in, though a newer one waits`);
      const quiet = at - claim.since >= rule.seconds * 1_000;
      expect(quiet || rule.atMostSeconds !== undefined, `B: ${run} was let in before it had been quiet`);
    }
    everIn.add(run);
    claim.granted += permits;
    claim.served = at;
    claim.from = Math.max(claim.from, at);
  }

  /** Among a tenant's, each minute of waiting counts like a level of priority: so nobody is passed over for ever. */
  function expectUrgent(grants: ReadonlyArray<readonly [run: string, permits: number]>, at: number): void {
    const [first] = grants;
    const chosen = first && claims.get(first[0]);
    if (!chosen || gate?.rule.kind === 'debounce' || gate?.rule.kind === 'singleton') return;
    const levelOf = ({ priority, from }: Claim): number => priority + Math.max(0, Math.floor((at - from) / AGEING_MS));
    for (const [run, other] of inLine()) {
      const isPassed = other.tenant === chosen.tenant && levelOf(other) > levelOf(chosen);
      expect(
        !isPassed,
        `B: ${first[0]} was served before ${run}, which has waited for longer than is worth its priority`,
      );
    }
  }

  for (const entry of entries) {
    const { seq, at, events } = entry;
    expect(seq === (before?.seq ?? 0) + 1, `M: flow entry ${seq} follows ${before?.seq ?? 'nothing'}`);
    expect(at >= (before?.at ?? 0), `M: time runs back at flow entry ${seq}`);
    before = entry;
    for (const event of events) {
      switch (event.type) {
        case 'rule_set':
          gate = event.gate;
          break;
        case 'permits_asked': {
          const { run, asked, returned, withdrawn = 0 } = event;
          const known = claims.get(run);
          const wasWaiting = known !== undefined && waiting(known) > 0;
          const { rule } = gate ?? {};
          const counts = rule?.kind === 'batch' || (rule?.kind === 'singleton' && rule.mode === 'skip');
          const isOld = counts && !known && asked <= (past.get(run) ?? 0);
          expect(!isOld, `E: what ${run} had asked for before it was done was taken for a new claim`);
          const anew = known !== undefined && asked > known.asked;
          const claim: Claim = {
            ...{ asked, returned, withdrawn, granted: Math.max(known?.granted ?? 0, returned) },
            ...{ place: known?.place ?? 0, asks: known?.asks ?? event.since, since: known?.since ?? at },
            ...{ tenant: event.claimant.tenant, priority: event.claimant.priority },
            from: Math.max(event.since, known?.served ?? 0),
            ...(known?.served !== undefined && { served: known.served }),
            ...(known?.refused && !anew && { refused: known.refused }),
          };
          claims.set(run, claim);
          if (waiting(claim) > 0 && !wasWaiting) {
            places += 1;
            Object.assign(claim, { place: places, asks: event.since, since: at });
          }
          break;
        }
        case 'permits_granted':
          expectUrgent(event.grants, at);
          for (const [run, permits] of event.grants) {
            give(run, permits, at);
            granted.push([at, permits]);
          }
          break;
        case 'batch_gathered': {
          const all = [event.leader, ...event.members];
          const size = gate?.rule.kind === 'batch' ? gate.rule.size : 0;
          expect(all.length <= size, `B: a batch of ${all.length}, ${size} it may have`);
          for (const run of all) {
            const claim = claims.get(run);
            if (claim) give(run, waiting(claim), at);
          }
          break;
        }
        case 'claim_refused': {
          const { run, refusal } = event;
          const claim = claims.get(run);
          const by = refusal.by === undefined ? undefined : claims.get(refusal.by);
          expect(claim !== undefined && waiting(claim) > 0, `M: ${run} was refused, though it does not wait`);
          if (!claim) break;
          if (refusal.code === 'superseded')
            expect(by !== undefined && isNewer(by, claim), `E: ${run} was superseded by none that is newer`);
          else expect(by !== undefined && by.granted > by.returned, `E: ${run} was refused for none that is at work`);
          claim.refused = refusal;
          break;
        }
        case 'holder_cancelled': {
          const [holder, by] = [claims.get(event.run), claims.get(event.by)];
          const isReplaced = holder !== undefined && by !== undefined && isNewer(by, holder);
          expect(isReplaced, `E: ${event.run} must end for ${event.by}, which is not newer`);
          break;
        }
        case 'claims_ended':
        case 'claims_expired':
          expired ||= event.type === 'claims_expired';
          for (const run of event.runs) {
            const refused = claims.get(run)?.refused;
            const ended = runs.find(({ view }) => view.runId === run)?.view;
            const isGone = ended === undefined || ended.phase === 'cancelled' || ended.reopened > 0 || everIn.has(run);
            expect(!refused || isGone, `E: ${run} was refused (${refused?.code}), and yet it ${ended?.phase}`);
            if (event.type === 'claims_ended') past.set(run, claims.get(run)?.asked ?? 0);
            claims.delete(run);
          }
          break;
        default:
          break;
      }
    }
    const most = gate?.rule.kind === 'concurrency' ? gate.rule.limit : gate?.rule.kind === 'singleton' ? 1 : Infinity;
    const held = [...claims.values()].reduce((sum, claim) => sum + claim.granted - claim.returned, 0);
    expect(held <= most, `B: ${held} permits are out after flow entry ${seq}, ${most} may be`);
  }
  for (const [run, claim] of claims) {
    expect(false, `Q: ${run} still holds ${claim.granted - claim.returned} and waits for ${waiting(claim)}`);
  }
  if (gate?.rule.kind === 'rate') faults.push(...checkRate(gate.rule, granted));
  return { gate, faults, expired };
}
