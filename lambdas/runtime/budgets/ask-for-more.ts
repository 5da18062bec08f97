import type { BudgetRef } from '../../contracts/budget.ts';
import { MusterError, type NonRecoverableError } from '../../contracts/errors.ts';
import type { Json } from '../../contracts/json.ts';
import type { AtWork, Decided } from '../abilities.ts';
import { ownerText } from './account-key.ts';
import type { AccountKey } from './accounts.ts';
import { amountText, limitsOf, microsOf, type Unit, usdOf } from './amounts.ts';
import type { BudgetPorts } from './budget-ports.ts';
import { PutBack } from './guard.ts';

/** A budget that is used up, and what a person is told of it. */
export interface UsedUp {
  readonly ref: BudgetRef;
  readonly key: AccountKey;
  /** Of the call that wants more. */
  readonly callId: string;
  readonly unit: Unit | 'seconds';
  /** With what people have added so far. */
  readonly allowed: number;
  /** What it was to begin with. */
  readonly first: number;
  readonly shows: Json;
  /** What happens when nobody adds to it. */
  readonly fault: NonRecoverableError;
}

/** While one task asks, the others look again after so long. */
const LOOK_AGAIN_SECONDS = 30;
/** Somebody else asks when whoever asked has not come back: its run may have been cancelled. */
const LAPSE_MS = 86_400_000;

/**
 * Asks a person for more, once for each account however many tasks want it; the run's journal says who added what. An
 * answer "raise" adds as much as the budget was, or what its comment begins with; anything else, silence too, closes it.
 * @throws PutBack while another task asks; the fault when nothing is added
 */
export async function askForMore(usedUp: UsedUp, work: AtWork, { accounts, random }: BudgetPorts): Promise<void> {
  const { ref, key, callId, unit, allowed, first, fault } = usedUp;
  const shows = await accounts.mayAsk(key, callId, work.clock.now(), LAPSE_MS, usedUp.shows);
  if (shows === undefined) {
    throw new PutBack('another task asks for more of the budget', Math.ceil(LOOK_AGAIN_SECONDS * (1 + random())));
  }
  const asMuch = amountText(unit, first);
  // Found again by what it says: of that nothing changes, until an answer changes the limit.
  const question =
    `The budget of ${ownerText(key)} is used up: ${amountText(unit, allowed)}. "raise" allows ${asMuch} more, or the number ` +
    `that your comment begins with (${unit === 'micros' ? 'USD' : unit}); "stop" ends what needs more.`;
  const decided = await answerTo(work.durable.ask({ question, options: ['raise', 'stop'], shows }));
  if ('silence' in decided || decided.decision !== 'raise') {
    const why = 'silence' in decided ? `nobody added to it: ${decided.silence}` : `${decided.decided_by} added nothing`;
    await accounts.close(key, why.slice(0, 500));
    throw fault;
  }
  const amount = amountIn(decided.comment) ?? (unit === 'micros' ? usdOf(first) : first);
  const by = unit === 'micros' ? microsOf(amount) : Math.ceil(amount);
  const id = `${callId}/${unit}/${allowed}`;
  const more = unit === 'seconds' ? { by: {}, seconds: by } : { by: { [unit]: by } };
  await accounts.raise(key, limitsOf(ref.budget), { id, at: work.clock.now(), ...more });
  work.logger.info('a budget was raised', { budget: ref.id, unit, by, decided_by: decided.decided_by });
}

async function answerTo(asked: Promise<Decided>): Promise<Decided | { silence: string }> {
  try {
    return await asked;
  } catch (error) {
    // What ends the attempt while the question is open is no answer.
    if (error instanceof MusterError && error.code === 'no_decision') return { silence: error.message };
    throw error;
  }
}

/** The number that a comment begins with. */
export function amountIn(comment = ''): number | undefined {
  const [, digits] = /^\s*\+?\s*(\d{1,12}(?:\.\d{1,6})?)(?![\d.,])/.exec(comment) ?? [];
  const amount = Number(digits);
  return amount > 0 ? amount : undefined;
}
