import * as z from 'zod';
import { ErrorReport } from './errors.ts';
import { Json, JsonObject } from './json.ts';
import { AgentName, RunId, TaskId, TaskType, TenantId } from './names.ts';

/*
 * What clients and Muster say to each other over a WebSocket: the seed document's frames, and what a client needs beside
 * them to go on after a break. Every frame of what is followed has a number, `seq`, without a gap.
 */

/** Sizes and times of streams. */
export const STREAM_LIMITS = {
  /** Bytes of a frame from a client. */
  frameIn: 32 * 1024,
  /** Bytes of a frame to a client; API Gateway takes 128 KB. */
  frameOut: 96 * 1024,
  /** Bytes of a `partial_result`; a longer one is left out, and said to be. */
  partialResult: 16 * 1024,
  /** What one connection follows at once. */
  operations: 20,
  /** Numbers that one row of the log holds at most. */
  recordsPerRow: 50,
  /** How long what was said can be read again. */
  keepMs: 86_400_000,
  /** A connection that has not said who it is by then is closed. */
  initWithinMs: 60_000,
  /** API Gateway ends every connection after two hours. */
  longestConnectionMs: 7_200_000,
} as const;

/** A client's own name of something it started or follows; the same on every frame about it. */
export const OperationId = z
  .string()
  .regex(/^[\x21-\x7e]{1,64}$/, 'an operation id is 1-64 printable ASCII characters');

const after = z
  .number()
  .int()
  .nonnegative()
  .default(0)
  .describe('The last `seq` that the client has; what comes after it is sent. 0: from the beginning');
const tenant = TenantId.optional().describe('Only with a token of the platform, "*"');

/** Have a task done by whichever agent can, and follow it. */
export const StartTask = z.strictObject({
  task_type: TaskType,
  input: Json,
  priority: z.enum(['low', 'medium', 'high', 'critical']).optional(),
  timeout: z.number().int().min(1).max(86_400).optional().describe('Seconds'),
  after,
  tenant,
});
/** Follow something that there is. */
export const Subscribe = z.strictObject({
  subscribe: z.union([
    z.strictObject({ run: RunId, after }),
    z.strictObject({ agent: AgentName, after, tenant }),
    z.strictObject({ metrics: z.literal(true), after, tenant }),
  ]),
});

/** What a client sends. */
export const CLIENT_FRAMES = {
  connection_init: z.strictObject({
    type: z.literal('connection_init'),
    payload: z.strictObject({
      token: z.string().min(1).max(16_384).describe('A JSON Web Token, as for the HTTP API'),
      client_id: z
        .string()
        .regex(/^[\x21-\x7e]{1,128}$/, 'a client id is 1-128 printable ASCII characters')
        .describe('Unique; the same again after a break'),
    }),
  }),
  start: z.strictObject({ type: z.literal('start'), id: OperationId, payload: z.union([StartTask, Subscribe]) }),
  stop: z.strictObject({ type: z.literal('stop'), id: OperationId }),
  ping: z.strictObject({ type: z.literal('ping'), payload: JsonObject.optional() }),
} as const;
export const ClientFrame = z.discriminatedUnion('type', [
  CLIENT_FRAMES.connection_init,
  CLIENT_FRAMES.start,
  CLIENT_FRAMES.stop,
  CLIENT_FRAMES.ping,
]);
export type ClientFrame = z.infer<typeof ClientFrame>;
export type StartFrame = z.infer<(typeof CLIENT_FRAMES)['start']>;

/** How something that is followed stands; each field where there is something to say. */
export const DataPayload = z.object({
  progress: z.number().min(0).max(1).optional(),
  current_step: z.string().max(500).optional(),
  partial_result: Json.optional().describe('What is there already; of a model, the next piece of its text'),
  agent: AgentName.optional(),
  task_id: TaskId.optional(),
  attempt: z.number().int().positive().optional().describe('A later one begins again: its pieces replace the earlier'),
  event: z.string().max(64).optional().describe('The event on the bus that this tells of'),
  run: RunId.optional(),
  at: z.iso.datetime(),
  details: JsonObject.optional(),
});
export type DataPayload = z.infer<typeof DataPayload>;

export const CompletePayload = z.object({
  final_result: Json.describe('null when it is too large for a frame: then `result_at` says where it lies'),
  summary: z.string().max(1_000),
  result_at: z.string().optional().describe('A path of the HTTP API'),
  run: RunId.optional(),
});
export type CompletePayload = z.infer<typeof CompletePayload>;

/** Why something ended that did not succeed, or was refused. */
export const ErrorPayload = ErrorReport.partial({ class: true }).extend({ run: RunId.optional() });
export type ErrorPayload = z.infer<typeof ErrorPayload>;

const seq = z.number().int().positive().describe('Its number: one more than that of the frame before');

/** What Muster sends. */
export const SERVER_FRAMES = {
  connection_ack: z.object({
    type: z.literal('connection_ack'),
    payload: z.object({
      client_id: z.string(),
      expires_at: z.iso.datetime().describe('Then the connection is closed, whatever it follows'),
    }),
  }),
  start_ack: z.object({
    type: z.literal('start_ack'),
    id: OperationId,
    payload: z.object({
      topic: z.string().describe('"run:<id>", "agent:<name>" or "metrics"'),
      run: RunId.optional(),
      after: z.number().int().nonnegative(),
      head: z.number().int().nonnegative().describe('The last number that there is; up to it is sent again'),
    }),
  }),
  data: z.object({ type: z.literal('data'), id: OperationId, seq, payload: DataPayload }),
  complete: z.object({ type: z.literal('complete'), id: OperationId, seq, payload: CompletePayload }),
  error: z.object({
    type: z.literal('error'),
    id: OperationId.optional().describe('None: it is about the connection'),
    seq: seq.optional().describe('None: the operation was refused, and nothing is followed'),
    payload: ErrorPayload,
  }),
  pong: z.object({
    type: z.literal('pong'),
    payload: z.object({
      at: z.iso.datetime(),
      positions: z
        .record(OperationId, z.number().int().nonnegative())
        .describe('The last number of everything that is followed: who has less starts again with `after`'),
    }),
  }),
  connection_closing: z.object({
    type: z.literal('connection_closing'),
    payload: z.object({ code: z.number().int(), reason: z.string() }),
  }),
} as const;
export const ServerFrame = z.discriminatedUnion('type', [
  SERVER_FRAMES.connection_ack,
  SERVER_FRAMES.start_ack,
  SERVER_FRAMES.data,
  SERVER_FRAMES.complete,
  SERVER_FRAMES.error,
  SERVER_FRAMES.pong,
  SERVER_FRAMES.connection_closing,
]);
export type ServerFrame = z.infer<typeof ServerFrame>;

/** Why a connection is closed. API Gateway lets nobody choose the code of the close itself, so it is said just before. */
export const CLOSING = {
  unauthenticated: { code: 4401, reason: 'the token is missing, or not valid' },
  token_ended: { code: 4401, reason: 'the token has ended: connect again with a new one' },
  token_revoked: { code: 4403, reason: 'the token was revoked' },
  too_slow: { code: 4008, reason: 'frames could not be delivered: connect again and start with `after`' },
  init_timeout: { code: 4408, reason: 'nobody said connection_init in time' },
  too_many_frames: { code: 4429, reason: 'more frames than a connection may send: connect again, and send fewer' },
  bad_frame: { code: 4400, reason: 'this is no frame of the protocol' },
} as const;
export type ClosingReason = keyof typeof CLOSING;

/** What is numbered and kept of a topic: a frame without the operation it is for. */
export const StreamRecord = z.object({
  id: z.string().min(1).max(200).describe('What it tells of: the same thing told twice is kept once'),
  body: z.discriminatedUnion('type', [
    z.object({ type: z.literal('data'), payload: DataPayload }),
    z.object({ type: z.literal('complete'), payload: CompletePayload }),
    z.object({ type: z.literal('error'), payload: ErrorPayload }),
  ]),
});
export type StreamRecord = z.infer<typeof StreamRecord>;

/** What there is to follow. A tenant's topics are its own, whatever they are called; `*` has those of the whole platform. */
export type Topic = `run:${string}` | `agent:${string}` | 'metrics';
export const runTopic = (run: string): Topic => `run:${run}`;
export const agentTopic = (agent: string): Topic => `agent:${agent}`;
export const METRICS_TOPIC: Topic = 'metrics';

/** The workflow that a task is run as when a client asks for nothing but the task. */
export const STREAM_TASK = { workflow: 'stream.task', task: 'task' } as const;
