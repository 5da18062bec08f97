import type { NonRecoverableError } from '../../contracts/errors.ts';
import type { AtWork } from '../abilities.ts';
import { pause } from '../pools/pause.ts';
import { ownerText } from './account-key.ts';
import { type Amounts, amountText, bounded, type Unit, usdOf } from './amounts.ts';
import { askForMore } from './ask-for-more.ts';
import type { BudgetPorts, Refusal } from './budget-ports.ts';
import { budgetExhausted, CheaperPlease, type PlannedCall, PutBack } from './guard.ts';

/** Others settle within seconds: so often it is worth staying for that. */
const PATIENT_TRIES = 6;
const FIRST_WAIT_MS = 100;
const PUT_BACK_SECONDS = 5;

/**
 * What happens when an account has too little left. Reservations are upper bounds: as long as others hold what is
 * missing, most of it comes back, so nobody gives up for that. Otherwise it goes by the budget's `atLimit`.
 * @returns when it is worth trying again
 */
export async function atLimit(
  refused: Refusal,
  call: PlannedCall,
  tries: number,
  work: AtWork,
  ports: BudgetPorts,
): Promise<void> {
  const { account, wanted, ref, key, limits } = refused;
  const missing = bounded(limits).filter((unit) => (account.left[unit] ?? 0) < wanted[unit]);
  const [unit = 'calls'] = missing;
  const fault = faultOf(refused, unit, call);
  if (account.closed !== undefined) throw fault;
  if (othersHold(refused, missing, work.clock.now())) return stayOrLeave(tries, work, ports.random);
  if (ref.budget.atLimit === 'degrade' && missing.every((one) => one === 'micros'))
    throw new CheaperPlease(Math.max(0, usdOf(account.left.micros ?? 0)), fault);
  if (ref.budget.atLimit !== 'ask') throw fault;
  const allowed = account.limit[unit] ?? 0;
  const first = limits[unit] ?? allowed;
  const shows = showsOf(refused, unit, call);
  await askForMore({ ref, key, callId: call.id, unit, allowed, first, shows, fault }, work, ports);
}

/** What is held by calls that may still be under way would be enough, if all of it came back. */
function othersHold({ account, wanted }: Refusal, missing: readonly Unit[], now: number): boolean {
  const { left, held, heldUntil } = account;
  return heldUntil > now && missing.every((unit) => held[unit] > 0 && (left[unit] ?? 0) + held[unit] >= wanted[unit]);
}

/** For a moment it waits here, which is the quickest; then the task goes back. */
async function stayOrLeave(tries: number, { clock, signal }: AtWork, random: () => number): Promise<void> {
  if (tries >= PATIENT_TRIES) {
    throw new PutBack('others hold what is left of the budget', Math.ceil(PUT_BACK_SECONDS * (1 + random())));
  }
  await pause(clock, FIRST_WAIT_MS * 2 ** tries * (0.5 + random() / 2), signal);
}

function faultOf({ account, wanted, ref, key }: Refusal, unit: Unit, call: PlannedCall): NonRecoverableError {
  const left = Math.max(0, account.left[unit] ?? 0);
  const said = account.closed === undefined ? '' : `; ${account.closed}`;
  return budgetExhausted(
    `the budget of ${ownerText(key)} has ${amountText(unit, left)} left of ${amountText(unit, account.limit[unit] ?? 0)}, ` +
      `and ${call.model} may take ${amountText(unit, wanted[unit])}${said}`,
    {
      budget: ref.id,
      used_up: nameOf(unit),
      allowed: plain(unit, account.limit[unit] ?? 0),
      left: plain(unit, left),
      wanted: plain(unit, wanted[unit]),
      model: call.model,
      call: call.id,
    },
  );
}

function showsOf({ account, wanted, ref, limits }: Refusal, unit: Unit, { model }: PlannedCall) {
  const all = (of: (one: Unit) => number) =>
    Object.fromEntries(bounded(limits).map((one) => [nameOf(one), plain(one, of(one))]));
  const of = (some: Partial<Amounts>) => all((one) => some[one] ?? 0);
  return {
    budget: ref.id,
    used_up: nameOf(unit),
    allowed: of(account.limit),
    spent: of(account.spent),
    held: of(account.held),
    left: of(account.left),
    wanted: { model, ...of(wanted) },
  };
}

const nameOf = (unit: Unit): string => (unit === 'micros' ? 'usd' : unit);
const plain = (unit: Unit, amount: number): number => (unit === 'micros' ? usdOf(amount) : amount);
