import { ALL_TENANTS, type Hold } from '../../contracts/control.ts';
import type { Holds } from '../../runtime/ports.ts';
import type { RunState } from '../../workflow/state.ts';
import type { TurnInput } from '../../workflow/turn.ts';

/**
 * Why the run may begin nothing now: everything, or its tenant, was put on hold. Draining lets it finish.
 * A run learns of a hold's end once: were it then held by what this container remembers, nobody would wake it again.
 */
export async function holdOf(
  state: RunState,
  inputs: readonly TurnInput[],
  holds: Pick<Holds, 'read'>,
): Promise<string | undefined> {
  const tenant = tenantOf(state, inputs);
  const mayBeTold = inputs.some(({ type }) => type === 'wake_run');
  if (!mayBeTold && reasonFor(tenant, await holds.read()) === undefined) return undefined;
  return reasonFor(tenant, await holds.read(true));
}

function reasonFor(tenant: string, held: ReadonlyMap<string, Hold>): string | undefined {
  for (const [scope, name] of [[ALL_TENANTS, 'everything'] as const, [tenant, `tenant "${tenant}"`] as const]) {
    const hold = held.get(scope);
    if (hold?.action === 'pause') return reasonOf(name, hold);
  }
  return undefined;
}

/** A run that has not begun is whose its request says. */
function tenantOf({ phase, request }: RunState, inputs: readonly TurnInput[]): string {
  if (phase !== 'new') return request.tenant;
  const first = inputs.find((input) => input.type === 'start_run' || input.type === 'fork_run');
  return first?.payload.request.tenant ?? request.tenant;
}

function reasonOf(name: string, { by, reason }: Hold): string {
  return `${name} was put on hold by ${by}${reason === '' ? '' : `: ${reason}`}`;
}
