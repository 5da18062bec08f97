import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { FlowRule, Gate } from '../../lambdas/contracts/flow-control.ts';
import type { AskFlow } from '../../lambdas/contracts/messages.ts';
import { decideFlow } from '../../lambdas/flow/decide.ts';
import { type FlowEffect, flowEffects } from '../../lambdas/flow/effects.ts';
import type { FlowEvent } from '../../lambdas/flow/events.ts';
import { evolve } from '../../lambdas/flow/evolve.ts';
import { gateOf } from '../../lambdas/flow/flow-identity.ts';
import { restoreFlow, snapshotFlow } from '../../lambdas/flow/snapshot.ts';
import { type FlowState, newFlow } from '../../lambdas/flow/state.ts';
import type { FlowInput } from '../../lambdas/flow/turn.ts';
import { NOW } from './factories.ts';

/** A gate with a rule; shared by all tenants unless said otherwise. */
export function gateWith(rule: FlowRule, scope: 'tenant' | 'platform' = 'platform'): Gate {
  return gateOf({ scope, tenant: 'default', rule, name: 'test', key: '' });
}

/** The run id that a short name stands for. */
export function runNamed(name: string): string {
  return `run_${createHash('sha256').update(name).digest('hex').slice(0, 40)}`;
}

type Asking = Partial<Omit<AskFlow, 'run_id' | 'claimant' | 'gate'>> & {
  readonly tenant?: string;
  readonly priority?: 1 | 2 | 3 | 4;
  readonly gate?: Gate;
};

/** Plays a flow's turns against the pure engine, on a clock that moves when told. */
export function flowPlayer(rule: FlowRule, scope: 'tenant' | 'platform' = 'platform') {
  const gate = gateWith(rule, scope);
  let state: FlowState = newFlow(gate.flow_id);
  let now = NOW;
  const all: FlowEvent[] = [];
  const began = new Map<string, number>();

  function ask(name: string, asking: Asking = {}): FlowInput {
    const { tenant = 'default', priority = 2, asked = 1, returned = 0, gate: other = gate, ...more } = asking;
    const claimant = { tenant, workflow: 'test', priority };
    const since = began.get(name) ?? now;
    began.set(name, since);
    const payload = {
      run_id: runNamed(name),
      ...{ claimant, gate: other, asked, returned, since, expires_at: since + 3_600_000 },
    };
    return { type: 'ask_flow', payload: { ...payload, ...more } };
  }

  function turn(...inputs: FlowInput[]): FlowEvent[] {
    let decision = decideFlow(state, inputs, now);
    const events = [...decision.events];
    while (decision.more) {
      decision = decideFlow(decision.state, [], now);
      events.push(...decision.events);
    }
    const folded = evolve(state, events, now);
    // Whatever a decision does, its events say so: else a replay would be another flow.
    if (!isDeepStrictEqual(folded, decision.state)) throw new Error('the decided state is not the fold of its events');
    const kept: unknown = JSON.parse(JSON.stringify(snapshotFlow(folded)));
    if (!isDeepStrictEqual(restoreFlow(kept), folded)) throw new Error('the state does not survive a snapshot');
    state = folded;
    all.push(...events);
    return events;
  }

  return {
    ask,
    turn,
    /** Lets time pass and wakes the flow. */
    wake: (ms: number): FlowEvent[] => {
      now += ms;
      return turn({ type: 'wake_flow' });
    },
    pass: (ms: number): void => {
      now += ms;
    },
    effects: (events: readonly FlowEvent[]): FlowEffect[] => flowEffects(state, events),
    /** Permits that the run was granted in all. */
    granted: (name: string): number => state.claims.get(runNamed(name))?.granted ?? 0,
    refusal: (name: string) => state.claims.get(runNamed(name))?.refused,
    now: (): number => now,
    state: (): FlowState => state,
    events: all,
    gate,
  };
}
export type FlowPlayer = ReturnType<typeof flowPlayer>;
