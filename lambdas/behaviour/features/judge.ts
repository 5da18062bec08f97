import type { Finding, SubjectKind } from '../../contracts/behaviour.ts';
import type { Baseline, Span } from '../baseline.ts';
import type { Tally } from '../tally.ts';

/** What there is to judge: a span of a subject, what is ordinary for it, and what happened around it. */
export interface Case {
  readonly kind: SubjectKind;
  readonly tally: Tally;
  readonly baseline: Baseline;
  /** The one that has ended. */
  readonly hour: number;
  readonly span: Span;
  /** What everybody in the tenant did in the same time. */
  readonly tenant: Tally;
  /** Types and peers that the whole tenant has only known since the last deploys: nobody's habits know them. */
  readonly young: ReadonlySet<string>;
  /** Its own code, or a workflow that it takes part in, was deployed just now: its ways may change, its volume may not. */
  readonly changed: boolean;
  /** Strangers that it has met today before this hour, and messages to them. */
  readonly metToday: ReadonlyMap<string, number>;
}

/** Finds what is out of the ordinary about one feature, if there is enough to tell. */
export type Judge = (of: Case) => Finding | undefined;

/** 12.3 → "12", 0.04 → "0.04": as a person would say it. */
export function spoken(value: number): string {
  if (value === 0) return '0';
  if (value >= 10) return String(Math.round(value));
  if (value >= 1) return value.toFixed(1);
  return value >= 0.01 ? value.toFixed(2) : 'almost 0';
}

/** "a, b, c and 4 more" */
export function listed(names: readonly string[], most = 3): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ');
}
