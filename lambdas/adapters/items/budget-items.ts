import { Stop } from '../../contracts/control.ts';
import { AgentHealth } from '../../contracts/health.ts';
import type { Account, AccountKey } from '../../runtime/budgets/accounts.ts';
import { amounts, type Limits, UNITS } from '../../runtime/budgets/amounts.ts';
import { RATE_UNITS, type RateKey, type RateState, type RateUnit } from '../../runtime/budgets/rate.ts';
import { type Item, number, packed, readNumber, readText, text, unpacked } from './attributes.ts';
import { decodeHold, HOLDS } from './control-items.ts';
import { expiryAfter } from './run-items.ts';

/** Days that an account outlives its last call: longer than any run waits, for an account that is gone begins anew. */
const KEEP_ACCOUNT_DAYS = 400;
/** Nobody is at work for longer who could still have to be stopped. */
const KEEP_STOP_DAYS = 2;
const KEEP_RATE_DAYS = 1;

export const accountExpiry = (at: number): number => expiryAfter(at, KEEP_ACCOUNT_DAYS);
export const rateExpiry = (at: number): number => expiryAfter(at, KEEP_RATE_DAYS);

/** Accounts of a run lie together. Agents may reach those keys that begin so. */
export const accountsKey = (tenant: string, runId: string): string => `ACCOUNT#${tenant}#${runId}`;
const RUN_ACCOUNT = 'RUN';
const PART = 'PART#';
export const partKey = (part: string): string => (part === '' ? RUN_ACCOUNT : PART + part);

export const accountItemKey = ({ tenant, runId, part }: AccountKey): Item => ({
  pk: text(accountsKey(tenant, runId)),
  sk: text(partKey(part)),
});
export const partOf = (item: Item): string => readText(item, 'sk').replace(/^(RUN$|PART#)/, '');

export const rateItemKey = ({ tenant, model }: RateKey): Item => ({
  pk: text(`RATE#${tenant}#${model}`),
  sk: text('RATE'),
});
/** Rates of the API lie apart from those of models, which agents may write. */
export const limitItemKey = ({ tenant, model: name }: RateKey): Item => ({
  pk: text(`LIMIT#${tenant}#${name}`),
  sk: text('RATE'),
});
export const stopItemKey = (runId: string): Item => ({ pk: text(`STOP#${runId}`), sk: text('STOP') });

/** An account is a row whose attributes are counted up and down where they lie: conditions can't calculate. */
export function decodeAccount(item: Item): Account {
  const count = (name: string): number => (item[name] ? readNumber(item, name) : 0);
  const some = (prefix: string): Limits =>
    Object.fromEntries(
      UNITS.filter((unit) => item[`${prefix}_${unit}`]).map((unit) => [unit, count(`${prefix}_${unit}`)]),
    );
  return {
    limit: some('limit'),
    left: some('left'),
    held: amounts((unit) => count(`held_${unit}`)),
    spent: amounts((unit) => count(`spent_${unit}`)),
    heldUntil: count('held_until'),
    moreSeconds: count('more_seconds'),
    raises: [...(item.raises?.SS ?? [])].sort(),
    ...(item.asking && {
      asking: { by: readText(item, 'asking'), at: count('asked_at'), shows: unpacked(item, 'shown') },
    }),
    ...(item.closed && { closed: readText(item, 'closed') }),
  };
}

/** As it would be stored: for what a memory of it costs. */
export function encodeAccount(key: AccountKey, account: Account): Item {
  const some = (prefix: string, of: Limits): Item =>
    Object.fromEntries(
      UNITS.flatMap((unit) => (of[unit] === undefined ? [] : [[`${prefix}_${unit}`, number(of[unit])]])),
    );
  return {
    ...accountItemKey(key),
    ...some('limit', account.limit),
    ...some('left', account.left),
    ...some('held', account.held),
    ...some('spent', account.spent),
    held_until: number(account.heldUntil),
    expires_at: number(accountExpiry(account.heldUntil)),
    ...(account.raises.length > 0 && { raises: { SS: [...account.raises] } }),
  };
}

export const rateAttribute = (unit: RateUnit): string => `${unit}_at`;

export function decodeRate(item: Item): RateState {
  const stored = RATE_UNITS.filter((unit) => item[rateAttribute(unit)]);
  return Object.fromEntries(stored.map((unit) => [unit, readNumber(item, rateAttribute(unit))]));
}

/** A run that goes on keeps a row without a stop, so that one from before can't put it on again. */
export function encodeStop(runId: string, stop: Stop | undefined, at: number): Item {
  return {
    ...stopItemKey(runId),
    at: number(at),
    expires_at: number(expiryAfter(at, KEEP_STOP_DAYS)),
    ...(stop && { doc: packed(JSON.stringify(stop)) }),
  };
}

export const holdItemKey = (scope: string): Item => ({ pk: text(HOLDS), sk: text(scope) });
export const loadItemKey = (agent: string): Item => ({ pk: text('LOAD'), sk: text(agent) });

/** What a row says that may stop work: a run's stop, a hold, or what is known of an agent. */
export function stopIn(item: Item): Stop | undefined {
  const pk = readText(item, 'pk');
  if (pk === HOLDS) {
    const [, hold] = decodeHold(item) ?? [];
    return hold?.action === 'pause' ? { by: hold.by, reason: hold.reason } : undefined;
  }
  if (pk === 'LOAD') return item.health && stopOfHealth(AgentHealth.parse(JSON.parse(readText(item, 'health'))));
  return item.doc && Stop.parse(unpacked(item, 'doc'));
}

/** A draining agent finishes what it has; what the monitor judged says nothing of what an agent may do. */
export function stopOfHealth({ state, set_by: by, reason = '' }: AgentHealth): Stop | undefined {
  const isOut = state === 'maintenance' || state === 'quarantined';
  return by !== undefined && isOut ? { by, reason: `its agent is in ${state}${reason && `: ${reason}`}` } : undefined;
}
