import * as z from 'zod';
import { Json } from '../../../../contracts/json.ts';
import { defineManifest } from '../../../../contracts/manifest.ts';
import { AssessImportance, ImportanceVote } from '../../collaborate/votes.ts';
import { Stretch } from '../../messages.ts';

const Count = z.number().int();
const TieView = z.object({ a: z.string(), b: z.string(), replies: Count, mentions: Count, conversations: Count });

export const Relationships = z.object({
  people: Count,
  ties: z.array(TieView).describe('The closest fifty'),
  aliases: z
    .array(z.object({ person: z.string(), alias: z.string(), why: z.string(), confidence: z.number() }))
    .describe('The first fifty, as of communities and contradictions'),
  communities: z.array(z.object({ members: z.array(z.string()), closeness: z.number() })),
  facts: Count.describe('That were told and are new'),
  contradictions: z.array(z.object({ person: z.string(), attribute: z.string(), values: z.array(z.string()) })),
});
export type Relationships = z.infer<typeof Relationships>;

export const RelationshipsUpdated = z.object({
  type: z.literal('relationships_updated'),
  stretches: z.array(Stretch),
  relationships: Relationships,
  patterns: Json.optional().describe('Of whoever came before, passed on'),
});

/** Reads memories and writes down who has to do with whom. What it knows already it does not write twice, so it is idempotent. */
export const manifest = defineManifest({
  name: 'assistant-relationship-mapper',
  description: 'Tells who is who, who has to do with whom, who belongs together, and what is told of people',
  errorImpact: 'Imports end without their people: who is who and who knows whom stays as it was before.',
  timeoutSeconds: 120,
  memoryMb: 512,
  batchSize: 10,
  effects: 'idempotent',
  confidential: true,
  uses: { memory: { memories: 'read', relationships: 'read-write' } },
  health: { avgProcessingSeconds: 30 },
  capabilities: {
    assess_importance: {
      description: 'Votes by whether it tells something of somebody',
      input: AssessImportance,
      output: ImportanceVote,
    },
    update_relationships: {
      description: 'Aliases, ties, communities and facts of the people in memories',
      input: z.looseObject({ stretches: z.array(Stretch), patterns: Json.optional() }),
      output: RelationshipsUpdated,
    },
    query_relationships: {
      description: "A person's circle, the way from one person to another, or everybody's communities",
      input: z.strictObject({
        person: z.string().optional(),
        to: z.string().optional(),
        depth: z.number().int().min(1).max(3).default(1),
      }),
      output: z.object({
        type: z.literal('relationships'),
        person: z.string().nullable().describe('By the name that all aliases lead to'),
        also_called: z.array(z.string()).describe('Whoever erases them erases each of these names'),
        circle: z.array(z.object({ person: z.string(), steps: Count, weight: z.number() })),
        way: z.array(z.string()).nullable(),
        communities: z.array(z.object({ members: z.array(z.string()), closeness: z.number() })),
      }),
    },
  },
});
