import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { Json } from '../../contracts/json.ts';
import type { Raise } from '../../runtime/budgets/accounts.ts';
import { type Amounts, bounded, type Limits, UNITS } from '../../runtime/budgets/amounts.ts';
import { type Item, number, packed, text } from '../items/attributes.ts';

type Change = Pick<UpdateItemCommandInput, 'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeValues'>;

/*
 * How each change of an account is written. Expressions can add, but conditions can't: so what is left is an attribute of
 * its own, and whatever is missing counts as untouched.
 */

/** Takes all or nothing. What the limit itself would not allow is refused without a row too. */
export function taking(limits: Limits, wanted: Amounts, until: number, expires: number): Change {
  const units = bounded(limits);
  const values: Item = { ':zero': number(0), ':until': number(until), ':expires': number(expires) };
  for (const unit of UNITS) values[`:${unit}`] = number(wanted[unit]);
  for (const unit of units) values[`:limit_${unit}`] = number(limits[unit] ?? 0);
  const enough = units.map((unit) => {
    const fits = wanted[unit] <= (limits[unit] ?? 0);
    return fits ? `(attribute_not_exists(left_${unit}) OR left_${unit} >= :${unit})` : `left_${unit} >= :${unit}`;
  });
  const sets = [
    ...units.flatMap((unit) => [
      `left_${unit} = if_not_exists(left_${unit}, :limit_${unit}) - :${unit}`,
      `limit_${unit} = if_not_exists(limit_${unit}, :limit_${unit})`,
    ]),
    ...UNITS.map((unit) => `held_${unit} = if_not_exists(held_${unit}, :zero) + :${unit}`),
    'held_until = :until',
    'expires_at = :expires',
  ];
  return {
    UpdateExpression: `SET ${sets.join(', ')}`,
    ConditionExpression: ['attribute_not_exists(closed)', ...enough].join(' AND '),
    ExpressionAttributeValues: values,
  };
}

export function settling(limits: Limits, held: Amounts, used: Amounts): Change {
  const units = bounded(limits);
  const values: Item = { ':zero': number(0) };
  for (const unit of UNITS) {
    values[`:held_${unit}`] = number(held[unit]);
    values[`:used_${unit}`] = number(used[unit]);
  }
  for (const unit of units) values[`:back_${unit}`] = number(held[unit] - used[unit]);
  const sets = [
    ...units.map((unit) => `left_${unit} = left_${unit} + :back_${unit}`),
    ...UNITS.flatMap((unit) => [
      `held_${unit} = held_${unit} - :held_${unit}`,
      `spent_${unit} = if_not_exists(spent_${unit}, :zero) + :used_${unit}`,
    ]),
  ];
  return {
    UpdateExpression: `SET ${sets.join(', ')}`,
    ConditionExpression: 'attribute_exists(held_micros)',
    ExpressionAttributeValues: values,
  };
}

export function raising(limits: Limits, { id, by, seconds = 0, reopens }: Raise, expires: number): Change {
  const units = bounded(limits);
  const values: Item = {
    ':id': text(id),
    ':ids': { SS: [id] },
    ':zero': number(0),
    ':seconds': number(seconds),
    ':expires': number(expires),
  };
  for (const unit of units) {
    values[`:limit_${unit}`] = number(limits[unit] ?? 0);
    values[`:by_${unit}`] = number(by[unit] ?? 0);
  }
  const sets = [
    'more_seconds = if_not_exists(more_seconds, :zero) + :seconds',
    'expires_at = if_not_exists(expires_at, :expires)',
    ...units.flatMap((unit) => [
      `left_${unit} = if_not_exists(left_${unit}, :limit_${unit}) + :by_${unit}`,
      `limit_${unit} = if_not_exists(limit_${unit}, :limit_${unit}) + :by_${unit}`,
    ]),
  ];
  return {
    UpdateExpression: `SET ${sets.join(', ')} REMOVE asking, asked_at, shown${reopens ? ', closed' : ''} ADD raises :ids`,
    ConditionExpression: 'NOT contains(raises, :id)',
    ExpressionAttributeValues: values,
  };
}

/** Nobody asks, or whoever does has not come back. */
export function asking(by: string, now: number, lapseMs: number, shows: Json): Change {
  return {
    UpdateExpression: 'SET asking = :by, asked_at = :now, shown = :shows',
    ConditionExpression:
      'attribute_not_exists(closed) AND ' + '(attribute_not_exists(asking) OR (asking <> :by AND asked_at < :lapsed))',
    ExpressionAttributeValues: {
      ':by': text(by),
      ':now': number(now),
      ':lapsed': number(now - lapseMs),
      ':shows': packed(JSON.stringify(shows)),
    },
  };
}

export function closing(why: string): Change {
  return {
    UpdateExpression: 'SET closed = if_not_exists(closed, :why) REMOVE asking, asked_at, shown',
    ExpressionAttributeValues: { ':why': text(why) },
  };
}
