import { createHash } from 'node:crypto';
import type { BehaviourAlert, Finding } from '../contracts/behaviour.ts';
import { HOUR_MS } from './calendar.ts';
import { severityOf } from './score.ts';
import type { Subject } from './state.ts';

const round = (value: number): number => Math.round(value * 100) / 100;

/** Findings below this are not worth a word beside the others. */
const WORTH_SAYING = 1;

/** What is told of a subject's hour. */
export function alertOf(
  tenant: string,
  { kind, name }: Pick<Subject, 'kind' | 'name'>,
  hour: number,
  score: number,
  findings: readonly Finding[],
): BehaviourAlert {
  const [strongest, ...others] = findings;
  const told = [...(strongest ? [strongest] : []), ...others.filter(({ surprise }) => surprise >= WORTH_SAYING)];
  return {
    alert_id: createHash('sha256')
      .update(JSON.stringify([tenant, kind, name, hour]))
      .digest('hex')
      .slice(0, 32),
    at: (hour + 1) * HOUR_MS,
    tenant,
    subject_kind: kind,
    subject: name,
    severity: severityOf(score),
    score: round(score),
    from: hour * HOUR_MS,
    to: (hour + 1) * HOUR_MS,
    findings: told.map(({ surprise, expected, seen, ...more }) => ({
      ...more,
      surprise: round(surprise),
      expected: round(expected),
      seen: round(seen),
    })),
  };
}
