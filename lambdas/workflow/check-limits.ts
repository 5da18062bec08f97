import type { Limit } from '../contracts/flow-control.ts';
import { fault } from './check-fault.ts';

/**
 * Limits without a name share that of what they belong to: two of a kind would be one wherever their keys turn out equal.
 * @param owner in words
 * @throws DataError `unnamed_limits`
 */
export function checkLimits(owner: string, field: string, limits: readonly Limit[] = []): void {
  const position = limits.findIndex((limit, place) => limits.slice(0, place).some((other) => mayMeet(limit, other)));
  if (position < 0) return;
  const kind = limits[position]?.rate ? 'rate' : 'concurrency';
  const reason = `${owner} has two limits of ${kind} without a name, which are one where their keys are equal: name each`;
  throw fault('unnamed_limits', `${field}.limits.${position}.name`, reason);
}

function mayMeet(one: Limit, other: Limit): boolean {
  if (one.name !== undefined || other.name !== undefined) return false;
  const scopeOf = ({ scope = 'tenant' }: Limit): string => scope;
  return (one.rate === undefined) === (other.rate === undefined) && scopeOf(one) === scopeOf(other);
}
