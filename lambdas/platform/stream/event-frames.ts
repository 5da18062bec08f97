import { BUS_EVENTS, type BusEvent, type BusEventDetail, type BusEventName } from '../../contracts/bus-events.ts';
import { asJson, type Json, type JsonObject } from '../../contracts/json.ts';
import { type DataPayload, STREAM_LIMITS, type StreamRecord } from '../../contracts/stream.ts';
import type { TokenPiece } from '../../contracts/stream-messages.ts';

type Body = StreamRecord['body'];

/** Where the whole of a run lies when a frame has no room for it. */
export const resultAt = (run: string): string => `/api/v1/workflows/${run}`;

/** Opens what lies elsewhere; undefined when that is more than a frame takes. */
export type OpenResult = (result: Json) => Promise<Json | undefined>;

/** An event as it came; undefined when it is none, or not as it must be. */
export function checkedEvent(name: string, detail: JsonObject): BusEvent | undefined {
  if (!Object.hasOwn(BUS_EVENTS, name)) return undefined;
  const known = name as BusEventName;
  const parsed = BUS_EVENTS[known].safeParse(detail);
  return parsed.success ? ({ name: known, detail: parsed.data } as BusEvent) : undefined;
}

/** The agent that an event is about. */
export function agentOf({ detail }: BusEvent): string | undefined {
  if ('agent_id' in detail) return detail.agent_id;
  return 'agent' in detail ? detail.agent : undefined;
}

/** What somebody who follows the run is told of an event. */
export async function frameOf(event: BusEvent, open: OpenResult): Promise<Body> {
  switch (event.name) {
    case 'workflow_completed':
      return completed(event.detail, open);
    case 'workflow_failed':
      return { type: 'error', payload: { ...event.detail.error, run: event.detail.workflow_id } };
    case 'workflow_cancelled': {
      const { workflow_id: run, reason } = event.detail;
      return { type: 'error', payload: { code: 'cancelled', message: reason || 'somebody cancelled it', run } };
    }
    case 'workflow_rejected': {
      const { code, reason, field } = event.detail;
      return { type: 'error', payload: { code, class: 'data', message: reason, details: { field } } };
    }
    case 'task_progress':
      return { type: 'data', payload: progressOf(event.detail) };
    default:
      return { type: 'data', payload: happened(event) };
  }
}

/** The next piece of a model's text. */
export function tokenFrame({ run_id, agent, task_id, attempt, text, at, dropped }: TokenPiece): Body {
  return {
    type: 'data',
    payload: {
      ...{ run: run_id, agent, task_id, attempt, at, current_step: 'generating', partial_result: text },
      ...(dropped !== undefined && { details: { dropped_characters: dropped } }),
    },
  };
}

async function completed(detail: BusEventDetail<'workflow_completed'>, open: OpenResult): Promise<Body> {
  const { workflow_id: run, workflow, duration_ms, result, degraded = [] } = detail;
  const seconds = (duration_ms / 1_000).toFixed(1);
  const missing = degraded.length > 0 ? `, with ${degraded.length} tasks missing or stood in for` : '';
  const summary = `${workflow} completed in ${seconds} s${missing}`;
  const whole = await open(result);
  if (whole === undefined)
    return { type: 'complete', payload: { final_result: null, summary, result_at: resultAt(run), run } };
  return { type: 'complete', payload: { final_result: answerOf(whole), summary, run } };
}

/** The only output task's result, or each one's by its id: as everywhere that people ask for a result. */
function answerOf(result: Json): Json {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return result;
  const [only, ...others] = Object.values(result);
  return only !== undefined && others.length === 0 ? only : result;
}

function progressOf(detail: BusEventDetail<'task_progress'>): DataPayload {
  const { workflow_id: run, task_id, agent, attempt, at, progress, current_step, partial_result: partial } = detail;
  const isLarge = partial !== undefined && JSON.stringify(partial).length > STREAM_LIMITS.partialResult;
  return {
    ...{ run, task_id, agent, attempt, at, progress, current_step },
    ...(partial !== undefined && !isLarge && { partial_result: partial }),
    ...(isLarge && { details: { partial_result: 'too large for a frame' } }),
  };
}

/** What the fields of a frame say by themselves need not be said again. */
const SAID = new Set(['workflow_id', 'tenant', 'at', 'agent', 'agent_id', 'task_id', 'attempt']);

function happened({ name, detail }: BusEvent): DataPayload {
  const said: Partial<Record<string, Json>> = Object.fromEntries(Object.entries(asRecord(detail)));
  const details: JsonObject = {};
  for (const [field, value] of Object.entries(said))
    if (!SAID.has(field) && value !== undefined) details[field] = value;
  const { workflow_id: run, task_id, attempt, at } = said;
  const agent = said.agent ?? said.agent_id;
  return {
    event: name,
    at: typeof at === 'string' ? at : new Date(0).toISOString(),
    ...(typeof run === 'string' && { run }),
    ...(typeof task_id === 'string' && { task_id }),
    ...(typeof agent === 'string' && { agent }),
    ...(typeof attempt === 'number' && { attempt }),
    details,
  };
}

function asRecord(detail: object): JsonObject {
  const json = asJson(detail);
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : {};
}
