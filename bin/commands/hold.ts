import { setTimeout as sleep } from 'node:timers/promises';
import { BUS_EVENTS } from '../../lambdas/contracts/bus-events.ts';
import { ALL_TENANTS, type Hold } from '../../lambdas/contracts/control.ts';
import { issuesOf } from '../../lambdas/contracts/errors.ts';
import { CliError } from '../cli-error.ts';
import { publish } from '../cloud/request-run.ts';
import { pauseOf } from '../cloud/run-reader.ts';
import { type Session, withSession } from '../cloud/session.ts';
import { actor } from './json-argument.ts';
import { type GlobalOptions, print } from './options.ts';

export interface HoldOptions {
  readonly tenant?: string;
  readonly all?: boolean;
  readonly reason: string;
  readonly as?: string;
}

const WAIT_MS = 20_000;

/**
 * What is meant beside one run: a tenant, or all; undefined when a run is named.
 * @throws CliError unless exactly one of them is
 */
export function scopeOf(given: string | undefined, { tenant, all }: Pick<HoldOptions, 'tenant' | 'all'>) {
  const named = [given !== undefined, tenant !== undefined && given === undefined, all === true].filter(Boolean);
  if (named.length !== 1) {
    throw new CliError('name a run, or --tenant NAME, or --all', 'exactly one of them; list runs with "muster runs"');
  }
  if (given !== undefined) return undefined;
  return all ? ALL_TENANTS : tenant;
}

export const scopeText = (scope: string): string => (scope === ALL_TENANTS ? 'everything' : `tenant ${scope}`);

/** Holds a tenant or all, lets them drain, or lets go of them; waits until that is so. */
export function hold(
  action: 'pause' | 'drain' | 'resume',
  scope: string,
  options: HoldOptions,
  globals: GlobalOptions,
): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const before = (await session.holds.read()).get(scope);
    if (action === 'resume' && !before) throw await nothingHolds(session, scope);
    await askHold(session, action, scope, options);
    const after = await untilHeld(session, scope, (now) => (action === 'resume' ? !now : now?.action === action));
    if (!after) {
      throw new CliError(`the request to ${action} ${scopeText(scope)} has not been taken yet`, 'see "muster figures"');
    }
    print(OUTCOME[action](scopeText(scope)));
  });
}

const OUTCOME = {
  pause: (what: string) =>
    `${what} is paused: tasks under way finish, or stop before the next call of a model or tool; new runs are taken and wait`,
  drain: (what: string) => `${what} drains: runs under way finish, new ones are refused until it is resumed`,
  resume: (what: string) => `${what} goes on`,
};

/** Asks on the bus. @throws CliError when the request is not valid */
export async function askHold(session: Session, action: string, scope: string, options: HoldOptions): Promise<void> {
  const detail = BUS_EVENTS.hold_requested.safeParse({
    ...{ scope, action, reason: options.reason, requested_by: actor(options.as) },
  });
  if (!detail.success) throw new CliError(`this can't be asked for: ${issuesOf(detail.error)}`);
  await publish(session, 'hold_requested', detail.data);
}

async function nothingHolds(session: Session, scope: string): Promise<CliError> {
  const held = [...(await session.holds.read()).keys()].map(scopeText);
  const next = held.length === 0 ? 'nothing is on hold' : `on hold: ${held.join(', ')}`;
  return new CliError(`nothing holds ${scopeText(scope)}`, next);
}

async function untilHeld(session: Session, scope: string, isSo: (hold: Hold | undefined) => boolean): Promise<boolean> {
  const end = Date.now() + WAIT_MS;
  while (Date.now() < end) {
    await sleep(pauseOf(session));
    if (isSo((await session.holds.read()).get(scope))) return true;
  }
  return false;
}
