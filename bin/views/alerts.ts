import type { BehaviourAlert } from '../../lambdas/contracts/behaviour.ts';
import { nextText, paint, table, timeOf } from './text.ts';

const PAINTS = { medium: paint.yellow, high: paint.red, critical: paint.red } as const;
const SHORT_ID = 8;

/** Alerts, a line each: the strongest of what was found. */
export function alertsTable(alerts: readonly BehaviourAlert[], now: number): string {
  const rows = alerts.map(({ alert_id, at, severity, subject_kind, subject, findings }) => [
    alert_id.slice(0, SHORT_ID),
    timeOf(at, now),
    PAINTS[severity](severity),
    `${subject_kind} ${subject}`,
    findings[0] ? `${findings[0].feature}: ${findings[0].why}` : '',
  ]);
  const next = alerts.slice(0, 1).map(({ alert_id }) => `muster alerts ${alert_id.slice(0, SHORT_ID)}`);
  return `${table(['alert', 'time', 'severity', 'who', 'why'], rows)}\n\n${nextText(next)}`;
}

/** All that was found, with what was expected and what was seen. */
export function alertText({
  severity,
  subject_kind,
  subject,
  tenant,
  from,
  to,
  score,
  findings,
}: BehaviourAlert): string {
  const time = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  const head = `${PAINTS[severity](severity)}: ${subject_kind} ${subject} of ${tenant}, ${time(from)} to ${time(to)} UTC`;
  const rarity = `once in 10^${score.toFixed(0)} such hours, if all is as ever`;
  const rows = findings.map(({ feature, span, expected, seen, surprise, why }) => [
    feature,
    span,
    String(expected),
    String(seen),
    surprise.toFixed(1),
    why,
  ]);
  const found = table(['feature', 'over', 'expected', 'seen', 'surprise', 'why'], rows);
  const next = subject_kind === 'agent' ? [`muster agents set ${subject} quarantined --reason "…"`] : [];
  return [head, rarity, '', found, ...(next.length > 0 ? ['', nextText(next)] : [])].join('\n');
}
