import { PLATFORM_SOURCE } from '../../contracts/bus-events.ts';
import { ALL_TENANTS, type Hold } from '../../contracts/control.ts';
import { DataError } from '../../contracts/errors.ts';
import type { Bus, Holds } from '../../runtime/ports.ts';
import type { HoldRequest } from './read-request.ts';
import { type TellAllPorts, tellOpenRuns } from './tell-open-runs.ts';

export interface HoldPorts extends TellAllPorts {
  readonly holds: Holds;
  readonly bus: Bus;
}

/**
 * Holds a tenant or all, lets go of them, or cancels what is open of them. What holds is written first: every turn of
 * the coordinator and every new request reads it. Then the runs are told, so that they need not wait for their next turn.
 * @param again an earlier delivery may have done some of it
 * @throws DataError `overtaken` or `not_held`: nothing has changed
 */
export async function applyHold(request: HoldRequest, again: boolean, ports: HoldPorts): Promise<void> {
  const { action, scope } = request.detail;
  if (action !== 'cancel' && !request.goOn) await write(request, again, ports);
  if (action !== 'drain') await tellOpenRuns(request, ports);
  ports.logger.info('hold applied', { scope, action });
}

async function write({ detail, at: saidAt }: HoldRequest, again: boolean, ports: HoldPorts): Promise<void> {
  const { action, scope, requested_by: by, reason } = detail;
  const now = ports.clock.now();
  const at = saidAt ?? now;
  if (action === 'resume' && !again && !(await ports.holds.read(true)).has(scope)) {
    const others = scope === ALL_TENANTS ? '; tenants that are held each by itself are resumed each by itself' : '';
    throw new DataError('not_held', `nothing holds ${nameOf(scope)}${others}`, { field: 'scope' });
  }
  const hold: Hold | undefined = action === 'pause' || action === 'drain' ? { action, by, reason, at } : undefined;
  if (!(await ports.holds.set(scope, hold, at))) {
    throw new DataError('overtaken', `a later request about ${nameOf(scope)} came before this one`, { field: 'scope' });
  }
  const changed = { scope, at: new Date(now).toISOString(), ...(hold && { hold }) };
  await ports.bus.publish(PLATFORM_SOURCE, [{ name: 'hold_changed', detail: changed }]);
}

const nameOf = (scope: string): string => (scope === ALL_TENANTS ? 'everything' : `tenant "${scope}"`);
