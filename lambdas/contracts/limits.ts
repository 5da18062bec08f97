/** Sizes in bytes. SQS and EventBridge take 1 MiB and bill each 64 KiB; DynamoDB items end at 400 KB. */
export const LIMITS = {
  /** Bodies above this are compressed. */
  compressBody: 4 * 1024,
  /** Encoded bodies above this travel by claim check. */
  inlineBody: 64 * 1024,
  /** Results above this live in S3. */
  inlineResult: 1024,
  /** Definitions, inputs and snapshots above this live in S3. */
  inlineDocument: 100 * 1000,
  /** A turn is split before its journal entry grows past this. */
  journalEntry: 300 * 1000,
  /** A turn dispatches at most this many tasks, then goes on by a message to itself. */
  dispatchesPerTurn: 500,
  /** A message to a busy agent carries at most this many tasks. */
  tasksPerMessage: 10,
  /** A task that depends on more results than this gets a manifest of them. */
  upstreamResults: 100,
  /** The most tasks a run may have, those it adds while it runs included. */
  tasks: 20_000,
  /** Runs inside runs: a sub-workflow deeper than this is refused. */
  depth: 8,
  /** Agents that pass a message on over channels: after so many hands it is refused. */
  hops: 16,
  /** Events that a run keeps for tasks which have not asked for them yet. */
  mailbox: 1_000,
  /** A `workflow_requested` detail; EventBridge itself refuses more than 1 MiB. */
  requestDetail: 256 * 1024,
} as const;

/** The seed documents' defaults. */
export const DEFAULTS = {
  attempts: 3,
  /** Seconds a message is worth working on. */
  ttlSeconds: 300,
  /** Seconds an agent may work on one message. */
  messageTimeoutSeconds: 30,
  batchSize: 10,
  /** Seconds a whole workflow may take. */
  workflowTimeoutSeconds: 3_600,
} as const;

/** How the silence of an agent is noticed, in milliseconds: elsewhere within 60 s of its death. */
export const LIVENESS = {
  /** An agent that works longer than this says so this often. */
  beatEveryMs: 10_000,
  /** An attempt that has given no sign for so long is looked into. */
  silentAfterMs: 30_000,
  /** While an attempt lives on, it is looked at this often. */
  recheckEveryMs: 20_000,
} as const;
