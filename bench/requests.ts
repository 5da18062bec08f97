import type { Meter, Metered } from '../lambdas/adapters/memory/meter.ts';

const COUNTED = ['sqs', 'dynamodb_write_units', 'dynamodb_read_units', 'lambda'] as const satisfies readonly Metered[];

/** What AWS would bill, in its units; `all` is the sum. */
export type Requests = Readonly<Record<(typeof COUNTED)[number] | 'all', number>>;

/** What was metered, for each of so many. */
export function requestsOf(metered: ReturnType<Meter['read']>, each: number): Requests {
  const per = (what: Metered): number => hundredths(metered[what] / each);
  const [sqs, writes, reads, lambda] = [
    per('sqs'),
    per('dynamodb_write_units'),
    per('dynamodb_read_units'),
    per('lambda'),
  ];
  const all = hundredths(COUNTED.reduce((sum, what) => sum + metered[what], 0) / each);
  return { sqs, dynamodb_write_units: writes, dynamodb_read_units: reads, lambda, all };
}

/** How much more of each. */
export function moreRequests(some: Requests, others: Requests): Requests {
  const more = (what: keyof Requests): number => hundredths(some[what] - others[what]);
  return {
    sqs: more('sqs'),
    dynamodb_write_units: more('dynamodb_write_units'),
    dynamodb_read_units: more('dynamodb_read_units'),
    lambda: more('lambda'),
    all: more('all'),
  };
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;
