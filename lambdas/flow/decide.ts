import type { FlowRule, Gate } from '../contracts/flow-control.ts';
import type { AskFlow } from '../contracts/messages.ts';
import { armFlow } from './arm-flow.ts';
import { checkClaims } from './check-claims.ts';
import { debounce } from './debounce.ts';
import type { FlowEvent } from './events.ts';
import { apply, draftOf } from './evolve.ts';
import { gatherBatches } from './gather-batches.ts';
import { grantPermits } from './grant-permits.ts';
import { keepSingle } from './keep-single.ts';
import type { FlowState } from './state.ts';
import type { FlowDecision, FlowInput, FlowTurn } from './turn.ts';

type Noting = Pick<FlowTurn, 'draft' | 'now' | 'emit'>;

/**
 * What happens next in a flow, given what came in. Pure, and the journal entry made of its events is the commit, as in
 * runs. What comes twice, late or out of order does no harm: numbers only ever grow.
 */
export function decideFlow(state: FlowState, inputs: readonly FlowInput[], now: number): FlowDecision {
  const events: FlowEvent[] = [];
  const draft = draftOf(state);
  const emit = (event: FlowEvent): void => {
    events.push(event);
    apply(draft, event, now);
  };
  let idle = false;
  for (const input of inputs) {
    const before = events.length;
    if (input.type === 'ask_flow') note({ draft, now, emit }, input.payload);
    if (input.type === 'refused') {
      const { messageId, code, reason } = input;
      emit({ type: 'message_refused', messageId, code, reason });
    }
    idle ||= events.length === before;
  }
  const { gate } = draft;
  if (!gate) return { events, state: draft, more: false, idle };
  const turn: FlowTurn = { draft, gate, now, emit };
  const unfinished = [checkClaims(turn), letIn(turn, gate.rule)];
  armFlow(turn);
  return { events, state: draft, more: unfinished.includes(true), idle };
}

/** True when there is more than fits into this turn. */
function letIn(turn: FlowTurn, rule: FlowRule): boolean {
  switch (rule.kind) {
    case 'concurrency':
    case 'rate':
      return grantPermits(turn);
    case 'singleton':
      return keepSingle(turn, rule.mode);
    case 'debounce':
      return debounce(turn, rule);
    case 'batch':
      return gatherBatches(turn, rule);
  }
}

function note({ draft, now, emit }: Noting, ask: AskFlow): void {
  const { run_id: run, claimant, gate, asked, returned, withdrawn = 0, since, expires_at: expires, done, input } = ask;
  const known = draft.claims.get(run);
  const withdrew = known?.withdrawn ?? 0;
  // Older than what is known, so it came out of order.
  if (known && (asked < known.asked || returned < known.returned || withdrawn < withdrew)) return;
  // While a grant is on its way to a run that goes on, it may yet be used: the run answers it.
  const isOver = done && (!known || returned >= known.granted || expires <= now);
  if (isOver) {
    if (known) emit({ type: 'claims_ended', runs: [run] });
    return;
  }
  if (known?.doubted && (ask.answers ?? 0) < known.heard) return;
  if (!known && mayBeOld(draft, ask)) {
    emit({ type: 'claim_doubted', run, claimant, since, expires });
    return;
  }
  const isAnswer = known !== undefined && known.unanswered > 0;
  const asksMore = !known || asked > known.asked;
  const isNews = asksMore || returned > known.returned || withdrawn > withdrew || expires !== known.expires;
  if (!isNews && !isAnswer) return;
  if (!sameGate(draft.gate, gate)) emit({ type: 'rule_set', gate });
  emit({
    type: 'permits_asked',
    ...{ run, claimant, asked, returned, since, expires },
    ...(withdrawn > 0 && { withdrawn }),
    ...(input && asksMore && { input }),
    ...(isAnswer && { answer: true }),
  });
}

/**
 * A run that waits for longer than one that is forgotten may be forgotten too, and this what it once asked for. Most
 * flows need not know: what they give an ended run comes back. But its share in a batch would be done twice, and others
 * would be turned away for it.
 */
function mayBeOld({ forgottenUpTo = 0 }: Noting['draft'], { since, gate: { rule } }: AskFlow): boolean {
  return since <= forgottenUpTo && (rule.kind === 'batch' || (rule.kind === 'singleton' && rule.mode === 'skip'));
}

/** The newest rule that a claimant brings wins. Compared by what it says, not by the order of its fields. */
function sameGate(known: Gate | undefined, gate: Gate): boolean {
  const { rule, name, key } = gate;
  if (known?.name !== name || known.key !== key || known.tenant !== gate.tenant) return false;
  const before = new Map(Object.entries(known.rule));
  const fields = Object.entries(rule);
  return fields.length === before.size && fields.every(([field, value]) => before.get(field) === value);
}
