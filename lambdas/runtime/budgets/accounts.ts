import type { Json } from '../../contracts/json.ts';
import { type Amounts, amounts, bounded, type Limits, limits, NOTHING } from './amounts.ts';

/** Which account: of a run (`part` is empty), of a task in it, or of an agent at that task (`task@agent`). */
export interface AccountKey {
  readonly tenant: string;
  readonly runId: string;
  readonly part: string;
}

/** What a budget has given out. For what is bounded: limit = left + held + spent, and what is held for too long is lost. */
export interface Account {
  /** With what people have added to it. */
  readonly limit: Limits;
  /** Below zero when a call has cost more than it could. */
  readonly left: Limits;
  /** By calls under way; by those that crashed as well, for nobody knows what they have cost. */
  readonly held: Amounts;
  readonly spent: Amounts;
  /** From then on nobody is at work any more who holds something of it, ms. */
  readonly heldUntil: number;
  /** Added to its `seconds`. */
  readonly moreSeconds: number;
  /** Answers of people that it was raised by. */
  readonly raises: readonly string[];
  /** The call for which a person is asked for more, since when, and what that person is shown. */
  readonly asking?: { readonly by: string; readonly at: number; readonly shows: Json };
  /** Nothing more is given out: why. */
  readonly closed?: string;
}

/** What a person adds to a limit; or takes from it, by another definition of the run. */
export interface Raise {
  /** Of the answer, or of the edit: it counts once. */
  readonly id: string;
  readonly by: Limits;
  readonly seconds?: number;
  readonly at: number;
  /** A closed account gives out again. */
  readonly reopens?: true;
}

/**
 * Accounts of budgets, each changed by itself: there are no transactions over several, which would conflict all the time
 * at the account of a busy run. An account begins with `limits` when it is first touched.
 */
export interface Accounts {
  /**
   * Takes all of the amounts, or none and answers how the account stands. A lost answer may take them twice: those are held
   * until nobody is at work any more, and lost then.
   * @param until ms; who takes them has settled by then, or never does
   */
  take(
    key: AccountKey,
    limits: Limits,
    amounts: Amounts,
    until: number,
  ): Promise<{ readonly refused: Account } | undefined>;
  /** What was held is spent as far as it was used, and free again otherwise. Sent once: what gets lost stays held. */
  settle(key: AccountKey, limits: Limits, held: Amounts, used: Amounts): Promise<void>;
  raise(key: AccountKey, limits: Limits, raise: Raise): Promise<void>;
  /**
   * One call at a time asks a person; after `lapseMs` another may.
   * @param shows how the account stands now
   * @returns what is to be shown: what it was when this call first asked; undefined when another asks
   */
  mayAsk(key: AccountKey, by: string, now: number, lapseMs: number, shows: Json): Promise<Json | undefined>;
  /** Nothing more is given out. */
  close(key: AccountKey, why: string): Promise<void>;
  read(key: AccountKey): Promise<Account | undefined>;
  /** All accounts of a run, its own first. */
  list(tenant: string, runId: string): Promise<ReadonlyArray<{ readonly part: string; readonly account: Account }>>;
}

/** An account that nobody has touched. */
export function fresh(limit: Limits): Account {
  return { limit, left: limit, held: NOTHING, spent: NOTHING, heldUntil: 0, moreSeconds: 0, raises: [] };
}

/** An account with what is bounded of it; it begins full. */
export function opened({ limit, left, ...account }: Account, bounds: Limits): Account {
  return { ...account, limit: { ...bounds, ...limit }, left: { ...bounds, ...left } };
}

/**
 * The account after all of it was taken; undefined when it has too little left, or gives nothing out.
 * @param bounds what counts for whoever takes it: another definition of the run may have bounded something else
 */
export function taken(account: Account, bounds: Limits, wanted: Amounts, until: number): Account | undefined {
  const units = bounded(bounds);
  if (account.closed !== undefined || units.some((unit) => (account.left[unit] ?? 0) < wanted[unit])) return undefined;
  return {
    ...account,
    left: { ...account.left, ...limits(units, (unit) => (account.left[unit] ?? 0) - wanted[unit]) },
    held: amounts((unit) => account.held[unit] + wanted[unit]),
    heldUntil: until,
  };
}

export function settled(account: Account, bounds: Limits, held: Amounts, used: Amounts): Account {
  const back = limits(bounded(bounds), (unit) => (account.left[unit] ?? 0) + held[unit] - used[unit]);
  return {
    ...account,
    left: { ...account.left, ...back },
    held: amounts((unit) => account.held[unit] - held[unit]),
    spent: amounts((unit) => account.spent[unit] + used[unit]),
  };
}

/** Nobody asks for more any longer. */
export function raised(account: Account, { id, by, seconds = 0, reopens }: Raise): Account {
  if (account.raises.includes(id)) return account;
  const { asking: _, closed, ...rest } = account;
  const units = bounded(account.limit);
  return {
    ...rest,
    limit: limits(units, (unit) => (account.limit[unit] ?? 0) + (by[unit] ?? 0)),
    left: limits(units, (unit) => (account.left[unit] ?? 0) + (by[unit] ?? 0)),
    moreSeconds: account.moreSeconds + seconds,
    raises: [...account.raises, id].sort(),
    ...(closed !== undefined && !reopens && { closed }),
  };
}

/** What is held though nobody is at work who could still give it back. */
export function lostOf({ held, heldUntil }: Account, now: number): Amounts {
  return heldUntil < now ? held : NOTHING;
}
