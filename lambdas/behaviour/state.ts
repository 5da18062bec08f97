import type { SubjectKind } from '../contracts/behaviour.ts';
import { type Baseline, noBaseline } from './baseline.ts';
import { noTally, type Tally, type Thread } from './tally.ts';

/** A subject: what is ordinary for it, and what it does right now. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly name: string;
  readonly baseline: Baseline;
  /** The hour that is open; quarter and day so far without it. */
  hour: Tally;
  quarter: Tally;
  day: Tally;
  readonly threads: Map<string, Thread>;
  /** Strangers of today, and messages to them. */
  metToday: Map<string, number>;
  /** What many hours that are each a little odd add up to. */
  pressure: number;
  /** The last hour in which it was out of the ordinary, and how many were of late: what stays so becomes ordinary. */
  alarm: { hour: number; hours: number };
}

/** All that is known of how a tenant behaves. Belongs to whoever folds messages into it, and is changed in place. */
export interface TenantBehaviour {
  readonly tenant: string;
  /** The hour that is open; undefined before the first message. */
  hour: number | undefined;
  readonly subjects: Map<string, Subject>;
  /** The hour in which each type of message was first seen. */
  readonly types: Map<string, number>;
  /** When agents, or workflows that they take part in, were last deployed. */
  readonly deployed: Map<string, number>;
  /** The version in which each agent was last seen. */
  readonly versions: Map<string, string>;
}

export const noBehaviour = (tenant: string): TenantBehaviour => ({
  tenant,
  hour: undefined,
  ...{ subjects: new Map(), types: new Map(), deployed: new Map(), versions: new Map() },
});

export const newSubject = (kind: SubjectKind, name: string): Subject => ({
  ...{ kind, name, baseline: noBaseline(), hour: noTally(), quarter: noTally(), day: noTally() },
  ...{ threads: new Map(), metToday: new Map(), pressure: 0, alarm: { hour: 0, hours: 0 } },
});
