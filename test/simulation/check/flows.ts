import { AGEING_SECONDS, type Gate } from '../../../lambdas/contracts/flow-control.ts';
import type { FlowEvent } from '../../../lambdas/flow/events.ts';
import { isFlowId } from '../../../lambdas/flow/flow-identity.ts';
import type { JournalEntry } from '../../../lambdas/workflow/journal.ts';
import type { PlayedHistory, PlayedRun } from '../played.ts';
import { isOver } from '../view/run-view.ts';
import { checkPermits } from './permits.ts';

/** What a flow knows of a run: a second fold, on purpose without the engine's own. */
interface Claim {
  asked: number;
  granted: number;
  returned: number;
  withdrawn: number;
  refused?: { readonly code: string; readonly by?: string };
  /** Which of all that joined the line. */
  place: number;
  since: number;
  tenant: string;
  priority: number;
  /** Since when its oldest waits, as it says, or when it was last served. */
  from: number;
  served?: number;
}

/** Timers know whole seconds: what is let through in a window may be as late. */
const LATENESS_MS = 1_000;
const ROUNDING = 1e-6;
const AGEING_MS = AGEING_SECONDS * 1_000;

/** Rule 13: limits hold at every moment, everything is given back, and nobody is forgotten at a gate. */
export async function checkFlows(history: PlayedHistory, runs: readonly PlayedRun[]): Promise<string[]> {
  const { platform, commits } = history;
  const ids = new Set(commits.flatMap(({ id }) => (isFlowId(id) ? [id] : [])));
  const faults: string[] = runs.flatMap((run) => checkEnd(run, runs));
  const gates = new Map<string, Gate>();
  const expired = new Set<string>();
  for (const id of ids) {
    const entries = await platform.world.flowJournal.read(id, 0);
    const flow = foldFlow(entries, runs);
    if (flow.gate) gates.set(id, flow.gate);
    if (flow.expired) expired.add(id);
    const name = `${flow.gate?.rule.kind} ${flow.gate?.name} "${flow.gate?.key}"`;
    faults.push(...flow.faults.map((fault) => `${fault} (flow ${name})`));
  }
  for (const id of expired) gates.delete(id);
  return [...faults, ...checkPermits(history, runs, gates)];
}

function foldFlow(entries: readonly JournalEntry<FlowEvent>[], runs: readonly PlayedRun[]) {
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
  const isNewest = (run: string): boolean => {
    const place = claims.get(run)?.place ?? 0;
    return inLine().every(([, other]) => other.place <= place);
  };

  function give(run: string, permits: number, at: number): void {
    const claim = claims.get(run);
    expect(
      claim !== undefined && waiting(claim) >= permits,
      `M: ${run} got ${permits} permits that it did not wait for`,
    );
    if (!claim || !gate) return;
    const { rule } = gate;
    if (rule.kind === 'debounce') {
      expect(isNewest(run), `E: ${run} was let in, though a newer one waits`);
      const quiet = at - claim.since >= rule.seconds * 1_000;
      expect(quiet || rule.atMostSeconds !== undefined, `B: ${run} was let in before it had been quiet`);
    }
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
          const anew = known !== undefined && asked > known.asked;
          const claim: Claim = {
            ...{ asked, returned, withdrawn, granted: Math.max(known?.granted ?? 0, returned) },
            ...{ place: known?.place ?? 0, since: known?.since ?? at },
            ...{ tenant: event.claimant.tenant, priority: event.claimant.priority },
            from: Math.max(event.since, known?.served ?? 0),
            ...(known?.served !== undefined && { served: known.served }),
            ...(known?.refused && !anew && { refused: known.refused }),
          };
          claims.set(run, claim);
          if (waiting(claim) > 0 && !wasWaiting) {
            places += 1;
            Object.assign(claim, { place: places, since: at });
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
            expect(by !== undefined && by.place > claim.place, `E: ${run} was superseded by none that is newer`);
          else expect(by !== undefined && by.granted > by.returned, `E: ${run} was refused for none that is at work`);
          claim.refused = refusal;
          break;
        }
        case 'claims_ended':
        case 'claims_expired':
          expired ||= event.type === 'claims_expired';
          for (const run of event.runs) {
            const refused = claims.get(run)?.refused;
            const ended = runs.find(({ view }) => view.runId === run)?.view;
            const isGone = ended === undefined || ended.phase === 'cancelled' || ended.reopened > 0;
            expect(!refused || isGone, `E: ${run} was refused (${refused?.code}), and yet it ${ended?.phase}`);
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

function checkRate(
  { limit, periodSeconds, burst = 1 }: Extract<Gate['rule'], { kind: 'rate' }>,
  granted: ReadonlyArray<readonly [at: number, permits: number]>,
): string[] {
  const interval = (periodSeconds * 1_000) / limit;
  for (const [from, [start]] of granted.entries()) {
    let count = 0;
    for (const [at, permits] of granted.slice(from)) {
      count += permits;
      const most = burst + (at - start + LATENESS_MS) / interval + ROUNDING;
      if (count > most) return [`B: ${count} permits within ${at - start} ms, ${most.toFixed(1)} may be`];
    }
  }
  return [];
}

/** Why a run that had to get in ended as it did. */
function checkEnd({ view, program }: PlayedRun, runs: readonly PlayedRun[]): string[] {
  const faults: string[] = [];
  const say = (fault: string): void => void faults.push(`${program.name} ${program.copy ?? ''}: ${fault}`);
  const { leader, phase, cancelled } = view;
  if (program.admission === undefined) return [];
  const { admission } = program;
  if (view.entry === 'waiting') {
    if (phase === 'completed' && leader === undefined) say('E: it completed without having got in');
    const worked = view.tasks.find((task) => task.status === 'completed' || (isOver(task) && task.attempt > 0));
    if (worked && view.reopened === 0) say(`E: it never got in, but ${worked.id} was begun`);
  }
  if (leader !== undefined) {
    const led = runs.find((run) => run.view.runId === leader)?.view;
    const isMember = led?.led?.members.includes(view.runId) === true;
    if (!isMember) say(`E: it is in a batch of ${leader}, which knows nothing of it`);
    const sameEnd = led?.phase === phase || (led?.reopened ?? 0) > 0 || cancelled?.by === 'person';
    if (!sameEnd) say(`L: it ${phase}, but ${leader}, which did its work, ${led?.phase}`);
  }
  if (view.led && view.led.items.length !== view.led.members.length + 1)
    say(`E: it leads ${view.led.members.length} others, with ${view.led.items.length} inputs`);
  if (phase !== 'cancelled' || !cancelled) return faults;
  const { by, reason } = cancelled;
  const replaces = admission.debounce !== undefined || admission.singleton?.mode === 'cancel';
  const legal =
    (program.cancelAt !== undefined && reason === 'by plan') ||
    (admission.waitSeconds !== undefined && reason.startsWith('it did not get in within')) ||
    (replaces && reason.startsWith('superseded by run ')) ||
    (admission.singleton?.mode === 'skip' && reason.includes('with the same key is at work')) ||
    (leader !== undefined && by === leader);
  if (!legal) say(`E: it was cancelled by ${by} for no good reason: ${reason}`);
  return faults;
}
