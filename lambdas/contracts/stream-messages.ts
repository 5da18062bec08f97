import * as z from 'zod';
import type { BusEventName } from './bus-events.ts';
import { JsonObject } from './json.ts';
import { AgentName, RunId, TaskId, TenantId } from './names.ts';

/** Coordinator → stream: what it has published about a run that somebody follows, in the order in which it happened. */
export const RunEvents = z.object({
  kind: z.literal('run_events'),
  tenant: TenantId,
  run_id: RunId,
  events: z
    .array(
      z.object({
        id: z.string().min(1).max(160).describe('Of the effect: the same however often it is carried out'),
        name: z.string().max(64),
        detail: JsonObject,
      }),
    )
    .min(1),
});
export type RunEvents = z.infer<typeof RunEvents>;

/** Agent → stream: the next piece of what a model says, of a run that somebody follows. */
export const TokenPiece = z.object({
  kind: z.literal('tokens'),
  tenant: TenantId,
  run_id: RunId,
  task_id: TaskId,
  agent: AgentName,
  attempt: z.number().int().positive(),
  stream: z.string().min(1).max(64).describe('One answer of a model'),
  n: z.number().int().nonnegative().describe('Which piece of it, from 0'),
  text: z.string(),
  at: z.iso.datetime(),
  dropped: z.number().int().positive().optional().describe('Characters left out after this piece'),
});
export type TokenPiece = z.infer<typeof TokenPiece>;

export const StreamMessage = z.discriminatedUnion('kind', [RunEvents, TokenPiece]);
export type StreamMessage = z.infer<typeof StreamMessage>;

/** JSON.stringify leaves these as they are, and SQS refuses a body that has them. */
const REFUSED_BY_SQS = /[\ufffe\uffff]/g;

/** The message as it lies in the queue. */
export const streamBody = (message: StreamMessage): string =>
  JSON.stringify(message).replaceAll(REFUSED_BY_SQS, (character) => `\\u${character.charCodeAt(0).toString(16)}`);

/** The `source` under which the stream puts requests on the bus, for those it has let in. */
export const STREAM_SOURCE = 'muster.stream';

/** What the stream takes from the bus; all other events of runs come from the coordinator, in order. */
export const STREAM_EVENTS = [
  'task_progress',
  'workflow_rejected',
  'agent_status',
  'agent_health',
  'breaker_changed',
  'resource_threshold',
] as const satisfies readonly BusEventName[];
