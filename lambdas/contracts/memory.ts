import * as z from 'zod';
import { ErrorReport } from './errors.ts';
import { Json } from './json.ts';
import { MemoryPass } from './memory-pass.ts';
import { AgentName, EpochMs, RunId, TaskId, TenantId } from './names.ts';

/** Bounds of what is remembered and asked. A query that is longer is read to here. */
export const MEMORY_LIMITS = {
  textCharacters: 8_000,
  dataBytes: 32_768,
  queryCharacters: 2_000,
  entriesAtOnce: 100,
  found: 50,
} as const;

/** `episodic`: what happened · `semantic`: facts · `procedural`: how things are done, and how often that went well. */
export const MemoryKind = z.enum(['episodic', 'semantic', 'procedural']);
export type MemoryKind = z.infer<typeof MemoryKind>;

/** `own`, or the name of a pool that agents share. */
export const PoolName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'a pool is named in kebab-case, 1-40 characters');
export const MemoryAccess = z.enum(['read', 'write', 'read-write']);
export type MemoryAccess = z.infer<typeof MemoryAccess>;

export const EntryId = z.string().regex(/^mem_[0-9a-f]{32}$/, 'an entry is "mem_" and 32 hexadecimal digits');
/** Whose data it is: a person, by a name that means the same everywhere. */
export const Subject = z.string().min(1).max(256);

export const MemoryLink = z.strictObject({ kind: z.enum(['contradicts', 'supersedes', 'supports']), to: EntryId });
export type MemoryLink = z.infer<typeof MemoryLink>;

/** Where an entry comes from. Merged ones come from several. */
export const MemorySource = z.strictObject({
  run: RunId.optional(),
  task: TaskId.optional(),
  agent: AgentName.optional(),
  /** What the agent had it from: a document, a person, a URL. */
  origin: z.string().max(512).optional(),
  /** It came from outside: a web page, a mail. Whoever wrote that wrote it. */
  outside: z.literal(true).optional(),
  at: EpochMs,
});
export type MemorySource = z.infer<typeof MemorySource>;

/** What somebody wants to be remembered. */
export const NewMemory = z.strictObject({
  kind: MemoryKind.default('semantic'),
  text: z.string().min(1).max(MEMORY_LIMITS.textCharacters),
  data: Json.optional().describe('Comes back as it is; it is not searched'),
  speaker: z.string().min(1).max(128).optional().describe('Who said it'),
  group: z.string().min(1).max(256).optional().describe('What follows each other: a conversation. Default: the run'),
  subject: Subject.optional().describe('The person whose data it is; erasing that person erases it'),
  origin: z.string().max(512).optional().describe('Where it is from: a document, a URL'),
  outside: z
    .boolean()
    .optional()
    .describe(
      'It came from outside: nothing privileged is done with it unasked. True by itself for what tools brought',
    ),
  at: EpochMs.optional().describe('When it happened or was said. Default: now'),
  valid_from: EpochMs.optional().describe('Default: when it happened'),
  valid_until: EpochMs.optional(),
  confidence: z.number().min(0).max(1).default(1),
  links: z.array(MemoryLink).max(20).default([]),
});
export type NewMemory = z.infer<typeof NewMemory>;

/** How often what it tells to do went well. */
export const MemoryOutcomes = z.strictObject({
  successes: z.number().int().nonnegative(),
  failures: z.number().int().nonnegative(),
  last_at: EpochMs.optional(),
});
export type MemoryOutcomes = z.infer<typeof MemoryOutcomes>;

/** What is remembered. */
export const MemoryEntry = NewMemory.omit({ origin: true, outside: true }).extend({
  id: EntryId,
  group: z.string(),
  at: EpochMs,
  valid_from: EpochMs,
  recorded_at: EpochMs,
  sources: z.array(MemorySource).min(1),
  outcomes: MemoryOutcomes.optional(),
  /** The entry that took its place; it is valid until then. */
  superseded_by: EntryId.optional(),
  /** Put together from so many entries of its group, which are gone. */
  summarizes: z.number().int().positive().optional(),
});
export type MemoryEntry = z.infer<typeof MemoryEntry>;

const Pool = PoolName.default('own');

/** What is asked of memory. */
export const RecallQuery = z.strictObject({
  text: z
    .string()
    .transform((text) => text.slice(0, MEMORY_LIMITS.queryCharacters))
    .describe('In plain words; whatever stands in it is only ever compared'),
  pools: z.array(PoolName).min(1).max(10).optional().describe('Default: all that the agent may read'),
  kinds: z.array(MemoryKind).min(1).optional(),
  limit: z.number().int().min(1).max(MEMORY_LIMITS.found).default(10),
  as_of: EpochMs.optional().describe('What was valid then. Default: now'),
  since: EpochMs.optional().describe('Happened then or later'),
  until: EpochMs.optional().describe('Happened before'),
  subject: Subject.optional(),
  speaker: z.string().max(128).optional(),
  group: z.string().max(256).optional(),
  run: RunId.optional(),
  min_confidence: z.number().min(0).max(1).optional(),
});
export type RecallQuery = z.infer<typeof RecallQuery>;

/** A note of a run. */
export const MemoryNote = z.strictObject({ value: Json, outside: z.literal(true).optional() });
export type MemoryNote = z.infer<typeof MemoryNote>;
export const MemoryNotes = z.record(z.string(), MemoryNote);
export type MemoryNotes = z.infer<typeof MemoryNotes>;

/** What agents ask the memory Lambda for. */
export const MemoryOperation = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('remember'),
    pool: Pool,
    key: z.string().min(1).max(512).describe('The same entries under the same key are remembered once'),
    entries: z.array(NewMemory).min(1).max(MEMORY_LIMITS.entriesAtOnce),
  }),
  z.strictObject({ op: z.literal('recall'), query: RecallQuery }),
  z.strictObject({ op: z.literal('read'), pool: Pool, ids: z.array(EntryId).max(MEMORY_LIMITS.entriesAtOnce) }),
  z.strictObject({ op: z.literal('link'), pool: Pool, from: EntryId, link: MemoryLink }),
  z.strictObject({
    op: z.literal('outcome'),
    pool: Pool,
    id: EntryId,
    key: z.string().min(1).max(512).describe('Counted once'),
    success: z.boolean(),
  }),
  z.strictObject({
    op: z.literal('forget'),
    pool: Pool,
    ids: z.array(EntryId).min(1).max(MEMORY_LIMITS.entriesAtOnce),
  }),
  z.strictObject({ op: z.literal('note'), name: z.string().min(1).max(256), note: MemoryNote }),
  z.strictObject({ op: z.literal('notes') }),
]);
export type MemoryOperation = z.infer<typeof MemoryOperation>;
export type MemoryOperationInput = z.input<typeof MemoryOperation>;

/** An agent's request. Who it is says the alias that it may invoke; that it was handed this task, and whose, says the pass. */
export const AgentMemoryRequest = z.strictObject({
  run_id: RunId,
  task_id: TaskId,
  pass: MemoryPass,
  operation: MemoryOperation,
});
export type AgentMemoryRequest = z.infer<typeof AgentMemoryRequest>;

/** What people may do, who may invoke the Lambda by its alias for them. */
export const PeopleMemoryRequest = z.strictObject({
  tenant: TenantId,
  operation: z.discriminatedUnion('op', [
    z.strictObject({ op: z.literal('pools') }),
    z.strictObject({ op: z.literal('recall'), query: RecallQuery, agent: AgentName.optional() }),
    z.strictObject({ op: z.literal('show'), id: EntryId }),
    z.strictObject({ op: z.literal('unlearn'), run: RunId }),
    z.strictObject({ op: z.literal('erase'), subject: Subject }),
    z.strictObject({ op: z.literal('consolidate') }),
    z.strictObject({ op: z.literal('export'), after: EntryId.optional() }),
    z.strictObject({ op: z.literal('erase_tenant') }),
  ]),
});
export type PeopleMemoryRequest = z.infer<typeof PeopleMemoryRequest>;

/** What is remembered of a tenant: its entries, in the order of their ids, and how much lies there in all. */
export const MemoryExport = z.strictObject({
  entries: z.array(z.object({ pool: z.string(), entry: MemoryEntry })),
  next: EntryId.optional().describe('Where to go on'),
  rows: z.number().int(),
  keys: z.number().int(),
  snapshots: z.number().int(),
});
export type MemoryExport = z.infer<typeof MemoryExport>;

/** An entry that answers a question, and how well. */
export const Recalled = MemoryEntry.extend({ pool: z.string(), score: z.number() });
export type Recalled = z.infer<typeof Recalled>;

/** `degraded`: the embedding service did not answer, so words alone were compared. */
export const Recollection = z.strictObject({
  entries: z.array(Recalled),
  degraded: z.literal('embeddings_unavailable').optional(),
});
export type Recollection = z.infer<typeof Recollection>;

/** What unlearning a run did. */
export const Unlearned = z.strictObject({
  run: RunId,
  removed: z.number().int().describe('Entries that came from this run alone'),
  changed: z.number().int().describe('Entries that others know as well, less what came from this run'),
  notes: z.number().int(),
  pools: z.array(z.string()),
});
export type Unlearned = z.infer<typeof Unlearned>;

/** What erasing a person took away, and that nothing is left. */
export const Erasure = z.strictObject({
  subject: Subject,
  at: EpochMs,
  entries: z.number().int(),
  pools: z.array(z.string()),
  snapshots_rewritten: z.number().int(),
  key_destroyed: z.boolean(),
  /** Found afterwards: always 0, or the erasure has failed. */
  left: z.number().int(),
  /** Entries of others that name the person: for somebody to look at. */
  mentions: z.array(z.strictObject({ pool: z.string(), id: EntryId })),
});
export type Erasure = z.infer<typeof Erasure>;

/** How the memory Lambda answers. */
export const MemoryReply = z.union([z.strictObject({ answer: Json }), z.strictObject({ error: ErrorReport })]);
export type MemoryReply = z.infer<typeof MemoryReply>;

/*
 * The memory Lambda has a door, an alias, for each agent, and one for people. IAM lets everybody through their own only,
 * and Lambda tells the function which one it was called by: nobody has to be believed.
 */
export const PEOPLE_DOOR = 'people';
const AGENT_DOOR = /^agent-([a-z][a-z0-9-]{0,39})$/;
export const doorOfAgent = (agent: string): string => `agent-${agent}`;
/** undefined: it is no agent's. */
export const agentOfDoor = (alias: string): string | undefined => AGENT_DOOR.exec(alias)?.[1];
