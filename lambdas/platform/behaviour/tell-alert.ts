import type { BehaviourAlert } from '../../contracts/behaviour.ts';
import { PLATFORM_SOURCE } from '../../contracts/bus-events.ts';
import type { BehaviourPorts } from './behaviour-ports.ts';

/**
 * Keeps an alert, tells it on the bus and to the audit, and takes the agent out where the policy says so. After a crash it
 * is told again, with the same id.
 */
export async function tellAlert(alert: BehaviourAlert, ports: BehaviourPorts): Promise<void> {
  const { behaviourStore, bus, securityLog, rogues, logger } = ports;
  const { tenant, subject, subject_kind: kind, severity, score, findings, alert_id } = alert;
  const reason = findings.map(({ why }) => why).join('; ');
  await behaviourStore.keepAlert(alert);
  await bus.publish(PLATFORM_SOURCE, [{ name: 'behaviour_alert', detail: alert }]);
  logger.warn('behaviour out of the ordinary', { tenant, subject, kind, severity, score, reason });
  securityLog.note({
    ...{ kind: 'behaviour_unusual', at: alert.at, tenant, code: findings[0]?.feature ?? 'pressure' },
    reason: `${kind} ${subject}: ${reason}`.slice(0, 500),
    ...(kind === 'agent' ? { agent: subject.slice(0, 64) } : {}),
    ...(kind === 'user' ? { sub: subject } : {}),
    correlation_id: alert_id,
  });
  if (kind === 'agent' && severity === 'critical') rogues?.accuse(subject, 'critical_behaviour', reason);
}
