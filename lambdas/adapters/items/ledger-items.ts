import * as z from 'zod';
import { ResultValue } from '../../contracts/blob.ts';
import { ErrorReport } from '../../contracts/errors.ts';
import type { StepRecord } from '../../runtime/ports.ts';
import { type Item, number, packed, readNumber, readText, text, unpacked } from './attributes.ts';
import { expiryAfter } from './run-items.ts';

/** Days that a step outlives its run, or its recording: runs may be repaired and go on for so long. */
export const KEEP_STEP_DAYS = 35;

const Outcome = z.union([ResultValue, z.object({ error: ErrorReport })]);

export function encodeStep(task: string, record: StepRecord, keepUntil: number): Item {
  const { position, place, kind, name, outcome, at, attempt } = record;
  return {
    ...{ pk: text(task), sk: text(String(position).padStart(6, '0')), place: text(place) },
    ...{ kind: text(kind), step: text(name), outcome: packed(JSON.stringify(outcome)) },
    ...{ at: number(at), attempt: number(attempt), expires_at: number(expiryAfter(keepUntil, KEEP_STEP_DAYS)) },
  };
}

export function decodeStep(item: Item): StepRecord {
  return {
    ...{ position: Number(readText(item, 'sk')), place: readText(item, 'place') },
    ...{ kind: readText(item, 'kind'), name: readText(item, 'step') },
    outcome: Outcome.parse(unpacked(item, 'outcome')),
    ...{ at: readNumber(item, 'at'), attempt: readNumber(item, 'attempt') },
  };
}
