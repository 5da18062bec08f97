import { NonRecoverableError } from '../../contracts/errors.ts';
import type { Ability } from '../abilities.ts';

/** What a call may cost at most: rather too much than too little. */
export interface PlannedCall {
  /** `work.callId()`. */
  readonly id: string;
  /** The name of the model; of a tool, `tool:<name>`. */
  readonly model: string;
  readonly usd: number;
  readonly tokens: number;
  readonly calls: number;
}

/**
 * The budgets that an attempt counts against, and the stop button. To be called inside of the operation that it is for,
 * once no record answers it: what a record answers pays nothing. Whatever else than CheaperPlease is thrown here leaves the
 * operation as it is.
 */
export interface Spending {
  /** Goes on unless the run, its agent, its tenant or everything was stopped. Looked up once a second. @throws Stopped */
  check(): Promise<void>;
  /**
   * Before a call that costs: takes its upper bound from every budget, or from none. Each try of a call counts, since
   * nobody knows whether one that crashed was charged for. Work without bounds pays no request.
   * @throws Stopped as `check` does
   * @throws PutBack when others hold what is left, or a person is being asked for more
   * @throws CheaperPlease where the budget's `atLimit` is `degrade` and less money might do
   * @throws NonRecoverableError `budget_exhausted` when a budget has not so much left and nobody gives it more
   */
  reserve(call: PlannedCall): Promise<Reserved>;
}

/** What a call has taken beforehand. Until it ends in one of these ways, the first of which counts, it is spent. */
export interface Reserved {
  /** Afterwards: it has cost so much, and what was taken above that goes back. Never throws. */
  settle(actual: {
    readonly usd: number;
    readonly input_tokens: number;
    readonly output_tokens: number;
  }): Promise<void>;
  /** It did not take place: all of it goes back. Never throws. */
  release(): Promise<void>;
}

/** Opened for each attempt, after its steps. */
export type Budgets = Ability<Spending>;

/**
 * The task goes back, without spending a retry and without a failure, and begins again after so many seconds. Thrown by
 * the work of an operation; user code never sees it.
 */
export class PutBack extends Error {
  override readonly name: string = 'PutBack';
  readonly seconds: number;

  constructor(reason: string, seconds: number) {
    super(reason);
    this.seconds = seconds;
  }
}

/** Somebody has stopped the run, its agent, its tenant, or everything. */
export class Stopped extends PutBack {
  override readonly name = 'Stopped';
}

/**
 * This call costs more than a budget has left, but a cheaper model may fit. Whoever has none throws
 * {@link CheaperPlease.otherwise}.
 */
export class CheaperPlease extends Error {
  override readonly name = 'CheaperPlease';
  /** Money that is left, USD. */
  readonly left: number;
  readonly otherwise: NonRecoverableError;

  constructor(left: number, otherwise: NonRecoverableError) {
    super(`a cheaper model, please: ${otherwise.message}`);
    this.left = left;
    this.otherwise = otherwise;
  }
}

/** @param details which budget, what it has left, and what was wanted */
export function budgetExhausted(message: string, details: NonRecoverableError['details']): NonRecoverableError {
  return new NonRecoverableError('budget_exhausted', message, details);
}

/** Per minute; what is not named is not bounded. Part of a model's configuration. */
export interface ModelRate {
  readonly tokensPerMinute?: number | undefined;
  readonly requestsPerMinute?: number | undefined;
}

/** The rate at which a tenant uses a model, over all containers of all agents. */
export interface Bucket {
  /**
   * At most so many tokens are about to be used. A model without a rate pays no request.
   * @returns how long to wait, when it is too early: throw PutBack
   */
  take(
    tenant: string,
    model: string,
    tokens: number,
  ): Promise<{ readonly ok: true } | { readonly retryAfterMs: number }>;
  /** So many of them were not used after all. Sends nothing: what this container takes next is less by as much. */
  giveBack(tenant: string, model: string, tokens: number): void;
}
