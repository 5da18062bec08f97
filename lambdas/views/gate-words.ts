import type { Gate } from '../contracts/flow-control.ts';
import { demandOf, waitsSince } from '../workflow/flow-state.ts';
import type { RunState } from '../workflow/state.ts';

/** Where a run stands that must still get in. */
export interface QueuedView {
  readonly gate?: Gate;
  readonly since?: number;
  /** Another run does its work too. */
  readonly leader?: string;
}

/** A limit, or a way in, by the names that people gave it: `api (key 42)`. */
export function gateName({ name, key }: Gate): string {
  return key === '' ? name : `${name} (key ${key})`;
}

/** What a run waits for before its first task may begin. */
export function queuedWords({ gate, leader }: QueuedView): string {
  if (leader !== undefined) return `its work is done by run ${leader.slice(0, 12)}, with that of others`;
  if (!gate) return 'waits to get in';
  const at = gateName(gate);
  switch (gate.rule.kind) {
    case 'debounce':
      return `waits to get in: no newer request at ${at} for ${gate.rule.seconds} s`;
    case 'singleton':
      return `waits to get in: only one of ${at} at a time`;
    case 'batch':
      return `waits to get in: a batch of ${gate.rule.size} at ${at}, or ${gate.rule.seconds} s`;
    case 'concurrency':
      return `waits to get in: ${gate.rule.limit} of ${at} at once`;
    case 'rate':
      return `waits to get in: ${gate.rule.limit} of ${at} in ${gate.rule.periodSeconds} s`;
  }
}

/** Undefined: it is in, or has ended. */
export function queuedOf({ phase, admission, batch, flows }: RunState): QueuedView | undefined {
  if (phase !== 'running' || admission === undefined || admission.stage === 'admitted') return undefined;
  if (batch && 'leader' in batch) return { leader: batch.leader };
  const id = admission.gates[admission.passed];
  const flow = id === undefined ? undefined : flows.get(id);
  if (!flow || demandOf(flow) === 0) return {};
  const since = waitsSince(flow);
  return { gate: flow.gate, ...(since !== undefined && { since }) };
}
