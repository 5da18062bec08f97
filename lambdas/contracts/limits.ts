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
