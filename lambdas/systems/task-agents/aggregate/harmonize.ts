import * as z from 'zod';
import { type Json, JsonObject } from '../../../contracts/json.ts';
import { isoDate } from '../text/find-values.ts';
import { Classified, Extracted, Summary } from '../work/shapes.ts';
import type { Claim } from './shapes.ts';

type Said = Omit<Claim, 'part'>;

/** How sure an answer is that does not say so. */
const UNSAID = 0.5;
/** By how a value was found: after its own name there is little doubt, a model's may be another one of the text. */
const SURE: ReadonlyMap<string | undefined, number> = new Map([
  ['after its name', 0.9],
  ['by its format', 0.7],
  ['one of the choices', 0.7],
]);
const BY_MODEL = 0.6;
/** What is about the answer and no part of it. */
const ABOUT = new Set(['answered_by', 'made_by', 'confidence', 'evidence', 'vote', 'source', 'warnings', 'unit']);

/** An answer of an analyst or researcher, told by its `figures` or `answer`. */
const Figures = z.looseObject({ figures: z.record(z.string(), z.number()) });
const Found = z.looseObject({ answer: z.string(), confidence: z.number(), citations: z.array(z.unknown()) });

/**
 * What a part answered as claims in one form: names in snake_case, numbers as numbers, days as ISO dates, texts without
 * stray space; whichever agent it was, and whatever its own shape.
 * @param about what the part speaks of, where the parts speak of different things: names end with it
 */
export function harmonize(part: string, answer: Json, about = ''): Claim[] {
  return claimsOf(answer).flatMap(({ field, value, ...rest }) => {
    const plain = plainValue(value);
    return plain === null || plain === ''
      ? []
      : [{ field: plainName(`${field} ${about}`), value: plain, ...rest, part }];
  });
}

function claimsOf(answer: Json): Said[] {
  const summary = Summary.safeParse(answer);
  if (summary.success) {
    const { summary: value, support } = summary.data;
    return [{ field: 'summary', value, confidence: support, evidence: value.slice(0, 200) }];
  }
  const classified = Classified.safeParse(answer);
  if (classified.success) {
    const { label, confidence } = classified.data;
    return label === null ? [] : [{ field: 'label', value: label, confidence }];
  }
  const extracted = Extracted.safeParse(answer);
  if (extracted.success) {
    const { data, evidence } = extracted.data;
    return Object.entries(data).map(([field, value]) => {
      const place = evidence.find((one) => one.field === field);
      const confidence = SURE.get(place?.how) ?? BY_MODEL;
      return { field, value, confidence, ...(place && place.quote !== '' && { evidence: place.quote }) };
    });
  }
  return otherClaims(answer);
}

function otherClaims(answer: Json): Said[] {
  const counted = Figures.safeParse(answer);
  if (counted.success)
    return Object.entries(counted.data.figures).map(([field, value]) => {
      return { field, value, confidence: 0.95, evidence: 'computed over all rows' };
    });
  const found = Found.safeParse(answer);
  if (found.success) {
    const { answer: value, confidence, citations } = found.data;
    return [
      {
        field: 'answer',
        value,
        confidence,
        ...(citations.length > 0 && { evidence: JSON.stringify(citations[0]).slice(0, 300) }),
      },
    ];
  }
  const object = JsonObject.safeParse(answer);
  if (!object.success) return [{ field: 'value', value: answer, confidence: UNSAID }];
  const sure = object.data.confidence;
  const confidence = typeof sure === 'number' && sure >= 0 && sure <= 1 ? sure : UNSAID;
  return Object.entries(object.data).flatMap(([field, value]) =>
    ABOUT.has(field) ? [] : [{ field, value, confidence }],
  );
}

const plainName = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '') || 'value';

function plainValue(value: Json): Json {
  if (typeof value !== 'string') return value;
  const text = value.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
  if (/^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$|^[-+]?\d+(\.\d+)?$/.test(text) && !/^0\d/.test(text)) {
    const number = Number(text.replaceAll(',', ''));
    if (Number.isFinite(number) && Math.abs(number) <= Number.MAX_SAFE_INTEGER) return number;
  }
  return text.length <= 30 ? (isoDate(text, true) ?? text) : text;
}
