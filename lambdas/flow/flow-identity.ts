import { createHash } from 'node:crypto';
import type { FlowRule, Gate } from '../contracts/flow-control.ts';

/** What makes a flow: equal ones are the same flow, whoever names them. */
export interface FlowSpec {
  /** Each tenant has its own, or all of them share one. */
  readonly scope: 'tenant' | 'platform';
  readonly tenant: string;
  readonly rule: FlowRule;
  /** The limit's name; else `<workflow>` for admission, `<workflow>/<taskId>` for a task's. */
  readonly name: string;
  /** The value of its key; '' where the definition names none. */
  readonly key: string;
}

/** As much of a key as people get to see; the flow's identity has all of it. */
const SHOWN_KEY = 1_000;

/**
 * `flow_` and the first 40 hexadecimal digits of sha256 over the JSON array of tenant (`*`: shared by all), kind, name
 * and key, which no two different flows share.
 */
export function flowIdOf({ scope, tenant, rule, name, key }: FlowSpec): string {
  const identity = JSON.stringify([scope === 'platform' ? '*' : tenant, rule.kind, name, key]);
  return `flow_${createHash('sha256').update(identity).digest('hex').slice(0, 40)}`;
}

/** The gate that a run or a task must pass. */
export function gateOf(spec: FlowSpec): Gate {
  const { scope, tenant, rule, name, key } = spec;
  return {
    flow_id: flowIdOf(spec),
    name,
    key: key.slice(0, SHOWN_KEY),
    ...(scope === 'tenant' && { tenant }),
    rule,
  };
}

/** Which of the coordinator's groups and of the wake rows are flows. */
export const isFlowId = (id: string): boolean => id.startsWith('flow_');
