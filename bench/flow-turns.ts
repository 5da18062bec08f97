import type { Gate } from '../lambdas/contracts/flow-control.ts';
import type { AskFlow } from '../lambdas/contracts/messages.ts';
import { decideFlow } from '../lambdas/flow/decide.ts';
import { gateOf } from '../lambdas/flow/flow-identity.ts';
import { type FlowState, newFlow } from '../lambdas/flow/state.ts';
import type { FlowInput } from '../lambdas/flow/turn.ts';
import { cpuMicros } from './best.ts';

export interface FlowTurnFigures {
  /** Runs in line, each for one permit. */
  readonly waiting: number;
  /** CPU of deciding a turn in which ten runs give their permit back and the next ten get it. */
  readonly turn_us: number;
}

/** As many messages as one invocation brings. */
const MESSAGES = 10;
const LIMIT = 100;
const TURNS = 50;
const TENANTS = 20;

/** What a turn of one flow costs, however many wait there. */
export function flowTurns(waiting: number): FlowTurnFigures {
  const gate = gateOf({
    ...{ scope: 'platform', tenant: '*', name: 'api', key: '' },
    rule: { kind: 'concurrency', limit: LIMIT },
  });
  let now = Date.UTC(2026, 0, 1);
  let { state } = decideFlow(newFlow(gate.flow_id), asks(gate, 0, waiting + LIMIT, 0, now), now);
  let micros = Number.POSITIVE_INFINITY;
  for (let turn = 0, next = waiting + LIMIT; turn < TURNS; turn += 1, next += MESSAGES) {
    now += 100;
    const done = holders(state).map((run) => ask(gate, run, 1, now));
    const inputs = [...done, ...asks(gate, next, MESSAGES, 0, now)];
    const before = cpuMicros();
    const decision = decideFlow(state, inputs, now);
    micros = Math.min(micros, cpuMicros() - before);
    const granted = decision.events.reduce(
      (sum, event) => sum + (event.type === 'permits_granted' ? event.grants.length : 0),
      0,
    );
    if (granted !== MESSAGES) throw new Error(`${granted} permits were granted, not ${MESSAGES}`);
    state = decision.state;
  }
  return { waiting, turn_us: Math.round(micros) };
}

const holders = ({ claims }: FlowState): number[] =>
  [...claims]
    .filter(([, { granted, returned }]) => granted > returned)
    .slice(0, MESSAGES)
    .map(([run]) => Number(run.slice('run_'.length)));

const asks = (gate: Gate, from: number, count: number, returned: number, now: number): FlowInput[] =>
  Array.from({ length: count }, (_, place) => ask(gate, from + place, returned, now));

function ask(gate: Gate, run: number, returned: number, now: number): FlowInput {
  const payload: AskFlow = {
    ...{ run_id: `run_${run}`, gate, asked: 1, returned, since: now, expires_at: now + 86_400_000 },
    claimant: { tenant: `tenant-${run % TENANTS}`, workflow: 'bench.flow', priority: 2 },
    ...(returned > 0 && { done: true }),
  };
  return { type: 'ask_flow', payload };
}
