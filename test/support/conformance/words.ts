import * as fc from 'fast-check';
import type { ResultValue } from '../../../lambdas/contracts/blob.ts';
import type { ErrorReport } from '../../../lambdas/contracts/errors.ts';
import type { Json } from '../../../lambdas/contracts/json.ts';

/*
 * The values that operations are made of. Few names and few times: sequences are about things that meet.
 */

export const T0 = Date.UTC(2026, 0, 1);
export const runId = fc.constantFrom(...['a', 'b', 'c'].map((digit) => `run_${digit.repeat(40)}`));
export const tenant = fc.constantFrom('acme', 'other');
export const agentName = fc.constantFrom('loader', 'payer', 'etl-writer');
export const taskId = fc.constantFrom('extract', 'load.0', 'load.10', 'Load_2', 'a-b');
export const workflowName = fc.constantFrom('etl.flight-mart', 'trip');

/** A moment, in steps of ten seconds: equal times are common. */
export const moment = fc.integer({ min: 0, max: 12 }).map((step) => T0 + step * 10_000);

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('', 'naïve ☂ 🐝', '"quoted\\', '\u0000\uffff', '{}'),
);
const long = fc.integer({ min: 800, max: 4_000 }).map((length) => 'word '.repeat(length / 5));

/** Any JSON, now and then long enough to be compressed where documents are. */
export const json: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value): Json => JSON.parse(JSON.stringify(value))) },
  { weight: 2, arbitrary: text },
  { weight: 1, arbitrary: fc.record({ long, text }) },
);

export const someText = fc.oneof({ weight: 5, arbitrary: text }, { weight: 1, arbitrary: long });

export const result: fc.Arbitrary<ResultValue> = json.map((value) => ({ value }));

export const errorReport: fc.Arbitrary<ErrorReport> = fc.record(
  {
    code: fc.constantFrom('source_unreachable', 'timeout'),
    class: fc.constantFrom('recoverable', 'non_recoverable', 'data', 'system'),
    message: text,
    details: fc.dictionary(fc.constantFrom('row', 'field'), json, { maxKeys: 2 }),
  },
  { requiredKeys: ['code', 'class', 'message'], noNullPrototype: true },
);
