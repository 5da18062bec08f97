import { JsonObject } from '../contracts/json.ts';
import { DEFAULT_TENANT, TenantId } from '../contracts/names.ts';
import type { Agent } from './agent.ts';
import type { AgentPorts } from './agent-ports.ts';
import { createReach } from './reach.ts';
import type { WorkState } from './work-state.ts';

/** An event as EventBridge puts it on a queue. */
export interface ChannelEvent {
  readonly id: string;
  readonly source: string;
  readonly channel: string;
  readonly detail: JsonObject;
}

/** The event in a message body, or undefined when the body is something else. */
export function readChannelEvent(body: string): ChannelEvent | undefined {
  if (!body.includes('"detail-type"')) return undefined;
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof event !== 'object' || event === null || !('detail-type' in event) || !('detail' in event))
    return undefined;
  const detail = JsonObject.safeParse(event.detail);
  const { 'detail-type': channel } = event;
  if (typeof channel !== 'string' || !detail.success) return undefined;
  const text = (field: 'id' | 'source'): string =>
    field in event ? String((event as Record<string, unknown>)[field]) : '';
  return { id: text('id'), source: text('source'), channel, detail: detail.data };
}

/** Hands an event to the agent's handler of that channel. An error sends the message back to the inbox. */
export async function handleChannelEvent(
  agent: Agent,
  event: ChannelEvent,
  ports: AgentPorts,
  work: WorkState,
): Promise<void> {
  const handle = Object.hasOwn(agent.channels, event.channel) ? agent.channels[event.channel] : undefined;
  if (!handle) {
    ports.logger.warn('no handler for this channel', { channel: event.channel, event: event.id });
    return;
  }
  const started = ports.clock.now();
  const tenant = TenantId.catch(DEFAULT_TENANT).parse(event.detail.tenant);
  const correlationId = typeof event.detail.correlation_id === 'string' ? event.detail.correlation_id : event.id;
  const { logger, clock } = ports;
  let ok = false;
  try {
    await handle(event.detail, { ...createReach(agent.manifest, tenant, ports), tenant, correlationId, logger, clock });
    ok = true;
  } finally {
    work.stats.record(clock.now() - started, ok);
  }
}
