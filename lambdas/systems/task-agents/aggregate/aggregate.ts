import { hash } from 'node:crypto';
import * as z from 'zod';
import { DataError } from '../../../contracts/errors.ts';
import { type Json, JsonObject } from '../../../contracts/json.ts';
import { AnsweredBy } from '../models/answered.ts';
import { MadeBy } from '../work/made-by.ts';
import { harmonize } from './harmonize.ts';
import { type Chosen, resolve } from './resolve.ts';
import type { Aggregated, AggregateInput, Claim, Conflict, Quality } from './shapes.ts';

/** The links of the chain, in the order of the seed document. */
const CHAIN = [
  'collect',
  'harmonize',
  'resolve conflicts',
  'assess quality',
  'standard format',
  'provenance',
  'metadata',
];

/**
 * Makes one answer of many: collects what is there, brings it into one form, settles what does not agree, says how good the
 * result is, and where each field comes from. A part that is missing makes the result partial, and is named.
 * @throws DataError `nothing_to_aggregate` when no part has answered
 */
export function aggregate(
  { answers, question, prefer, about }: z.output<typeof AggregateInput>,
  made: { readonly run: string; readonly task: string; readonly at: number },
): Aggregated {
  const parts = Object.entries(answers);
  const present = parts.flatMap(([id, answer]) => (answer === null ? [] : [{ id, answer }]));
  const missing = parts.flatMap(([id, answer]) => (answer === null ? [id] : []));
  if (present.length === 0)
    throw new DataError('nothing_to_aggregate', `none of ${parts.length} parts has answered: ${missing.join(', ')}`);
  const claims = present.flatMap(({ id, answer }) => harmonize(id, answer, about[id]));
  const { chosen, conflicts } = resolve(claims, prefer);
  const makers = new Map(present.map(({ id, answer }) => [id, makerOf(answer)]));
  const known = [...makers.values()];
  return {
    status: missing.length > 0 ? 'partial' : 'complete',
    ...(question !== undefined && { question }),
    answer: Object.fromEntries(chosen.map(({ field, value }) => [field, value])),
    missing,
    conflicts: [...conflicts],
    quality: qualityOf(parts.length, present.length, chosen, conflicts),
    provenance: Object.fromEntries(
      chosen.map(({ field, claims: voices }) => [
        field,
        voices.map((claim) => provenanceOf(claim, makers.get(claim.part))),
      ]),
    ),
    metadata: {
      ...{ run: made.run, task: made.task, made_at: new Date(made.at).toISOString(), parts: parts.length },
      agents: distinct(known.flatMap(({ made_by }) => made_by?.agent ?? [])),
      models: distinct(known.flatMap(({ by }) => (by?.way === 'model' ? [by.model] : []))),
      tokens: known.reduce((sum, { by }) => sum + (by?.way === 'model' ? by.input_tokens + by.output_tokens : 0), 0),
      chain: CHAIN,
    },
  };
}

interface Maker {
  readonly made_by: MadeBy | undefined;
  readonly by: AnsweredBy | undefined;
  readonly source: string | undefined;
}

function makerOf(answer: Json): Maker {
  const said = JsonObject.safeParse(answer).data ?? {};
  return {
    made_by: MadeBy.safeParse(said.made_by).data,
    by: AnsweredBy.safeParse(said.answered_by).data,
    source: z.string().safeParse(said.source).data,
  };
}

function provenanceOf(claim: Claim, maker: Maker | undefined): Aggregated['provenance'][string][number] {
  const { by, made_by, source } = maker ?? {};
  const how = by === undefined ? 'unknown' : by.way === 'model' ? `model ${by.model}` : 'statistics';
  return {
    ...{ part: claim.part, answered_by: how, confidence: claim.confidence },
    ...(made_by && { made_by }),
    ...(source !== undefined && { source }),
    ...(claim.evidence !== undefined && { evidence: claim.evidence }),
    digest: hash('sha256', JSON.stringify(claim), 'hex'),
  };
}

function qualityOf(
  expected: number,
  present: number,
  chosen: readonly Chosen[],
  conflicts: readonly Conflict[],
): Quality {
  const fields = Math.max(1, chosen.length);
  const sure = chosen.map(({ claims }) => Math.max(...claims.map(({ confidence }) => confidence)));
  const shares = {
    completeness: present / expected,
    agreement: chosen.length === 0 ? 0 : 1 - conflicts.length / fields,
    confidence: sure.reduce((sum, one) => sum + one, 0) / fields,
    evidence: chosen.filter(({ claims }) => claims.some(({ evidence }) => evidence !== undefined)).length / fields,
  };
  const score = Object.values(shares).reduce((sum, share) => sum + share, 0) / Object.keys(shares).length;
  const rounded = Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, round(share)]));
  const grade = score >= 0.85 ? 'A' : score >= 0.7 ? 'B' : score >= 0.5 ? 'C' : 'D';
  return { ...shares, ...rounded, score: round(score), grade };
}

const round = (share: number): number => Math.round(share * 1_000) / 1_000;
const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];
