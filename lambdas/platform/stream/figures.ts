import type { BusEvent } from '../../contracts/bus-events.ts';
import { asJson, type JsonObject } from '../../contracts/json.ts';
import type { StreamRecord } from '../../contracts/stream.ts';
import type { Usage } from '../../contracts/usage.ts';

/** What is counted of a tenant's work, since its figures began to be followed. */
const COUNTED = [
  'workflows_started',
  'workflows_completed',
  'workflows_failed',
  'workflows_cancelled',
  'tasks_completed',
  'agent_failures',
  'cost_usd',
  'tokens',
] as const;
type Figures = Record<(typeof COUNTED)[number], number>;

/** What an event adds; undefined when it changes no figure. */
export function figuresOf(event: BusEvent): Partial<Figures> | undefined {
  switch (event.name) {
    case 'workflow_started':
      return { workflows_started: 1 };
    case 'workflow_completed':
      return { workflows_completed: 1, ...spent(event.detail.usage) };
    case 'workflow_failed':
      return { workflows_failed: 1, ...spent(event.detail.usage) };
    case 'workflow_cancelled':
      return { workflows_cancelled: 1, ...spent(event.detail.usage) };
    case 'task_completed':
      return { tasks_completed: 1 };
    case 'agent_failure':
      return { agent_failures: 1 };
    default:
      return undefined;
  }
}

function spent(usage: Usage | undefined): Partial<Figures> {
  return usage ? { cost_usd: usage.usd, tokens: usage.input_tokens + usage.output_tokens } : {};
}

/** All figures after the event, and what an agent said of itself as it said it. @param last the record before */
export function figuresRecord(
  last: StreamRecord | undefined,
  { id, event }: { readonly id: string; readonly event: BusEvent },
  at: string,
): StreamRecord {
  const before: JsonObject = last?.body.type === 'data' ? (last.body.payload.details ?? {}) : {};
  const added = figuresOf(event);
  const details: JsonObject = {};
  for (const name of COUNTED) {
    const known = before[name];
    details[name] = (typeof known === 'number' ? known : 0) + (added?.[name] ?? 0);
  }
  if (!added) details.agent = asJson(event.detail);
  return { id, body: { type: 'data', payload: { event: added ? 'metrics' : event.name, at, details } } };
}
