import { API_SOURCE } from '../../../contracts/bus-events.ts';
import { ALL_TENANTS, type Hold } from '../../../contracts/control.ts';
import { ApiError } from '../api-error.ts';
import type { ApiPorts } from '../api-ports.ts';
import type { Caller, Handler } from '../call.ts';
import { instant } from '../runs/answers.ts';
import { eventOf } from '../runs/tell.ts';
import { until } from '../runs/until.ts';

/** How long the intake is given to write it down, ms. */
const WRITTEN_WITHIN_MS = 5_000;

interface Wanted {
  readonly action: 'pause' | 'drain' | 'resume' | 'cancel';
  readonly reason: string;
}

export const getHold: Handler<'getHold'> = async ({ caller }, { holds }) => ({
  status: 200,
  body: stateOf(await holds.read(true), caller.tenant),
});

export const setHold: Handler<'setHold'> = ({ caller, body }, ports) => ask(caller, caller.tenant, body, ports);

export const setHoldOfAll: Handler<'setHoldOfAll'> = ({ caller, body }, ports) => ask(caller, ALL_TENANTS, body, ports);

/** Asks on the bus, as the command line does, and waits until it is written. What is cancelled ends in its own time. */
async function ask({ principal }: Caller, scope: string, { action, reason }: Wanted, ports: ApiPorts) {
  const { bus, clock, holds } = ports;
  const before = await holds.read(true);
  if (action === 'resume' && !before.has(scope))
    throw new ApiError('conflict', 'nothing holds it', { code: 'not_held' });
  const requested_by = principal.sub;
  await bus.publish(API_SOURCE, [eventOf('hold_requested', { scope, action, reason, requested_by })]);
  if (action === 'cancel') return { status: 202 as const, body: stateOf(before, scope) };
  const end = clock.now() + WRITTEN_WITHIN_MS;
  const after = await until(clock, end, async () => {
    const now = await holds.read(true);
    const hold = now.get(scope);
    const isSo = action === 'resume' ? hold === undefined : hold?.action === action && hold.by === requested_by;
    return isSo ? now : undefined;
  });
  return after
    ? { status: 200 as const, body: stateOf(after, scope) }
    : { status: 202 as const, body: stateOf(before, scope) };
}

function stateOf(holds: ReadonlyMap<string, Hold>, scope: string) {
  const own = scope === ALL_TENANTS ? undefined : holds.get(scope);
  const all = holds.get(ALL_TENANTS);
  return { ...(own && { hold: heldBy(own) }), ...(all && { everything: heldBy(all) }) };
}

const heldBy = ({ action, by, reason, at }: Hold) => ({ action, by, reason, since: instant(at) });
