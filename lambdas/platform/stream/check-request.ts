import { DataError } from '../../contracts/errors.ts';
import { refusalOf } from '../../tenancy/standing.ts';
import type { SocketEvent } from './socket-event.ts';
import type { Known, TalkPorts } from './stream-ports.ts';

/**
 * What starts something is a request like those over HTTP: it takes a permit of its principal and of its tenant, from the
 * same rows.
 * @throws DataError `rate_limited`
 */
export async function checkRate({ client }: Known, { source }: SocketEvent, ports: TalkPorts): Promise<void> {
  const { sub, tenant } = client.principal;
  const { limits, status } = await ports.standing(tenant);
  // Of who was erased nothing is written any more; what it asks for is refused as soon as it is known.
  if (status === 'erasing' || status === 'erased') return;
  const admission = await ports.limits.admit({ tenant, sub, limits });
  if (admission.ok) return;
  const { reason, retryAfterSeconds } = admission;
  const at = ports.clock.now();
  ports.securityLog.note({ kind: 'rate_limited', at, reason, sub, tenant, ...(source !== undefined && { source }) });
  throw new DataError('rate_limited', `${reason}: say it again in ${retryAfterSeconds} s`);
}

/** @throws DataError when the tenant is suspended, or there is none any more */
export async function checkStanding(tenant: string, wish: 'read' | 'begin', ports: TalkPorts): Promise<void> {
  const refusal = refusalOf(await ports.standing(tenant), wish);
  if (refusal) throw refusal;
}
