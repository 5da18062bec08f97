import { agentSource } from '../contracts/bus-sources.ts';
import { DataError } from '../contracts/errors.ts';
import { JsonObject } from '../contracts/json.ts';
import { DEFAULT_TENANT, TenantId } from '../contracts/names.ts';
import type { Agent } from './agent.ts';
import type { AgentPorts } from './agent-ports.ts';
import { takeHops } from './hops.ts';
import { createReach } from './reach.ts';
import type { MessageSecurity } from './signing/message-security.ts';
import { heardOnChannel } from './signing/signed-bus.ts';
import type { WorkState } from './work-state.ts';

/** An event as EventBridge puts it on a queue. */
export interface ChannelEvent {
  readonly id: string;
  readonly source: string;
  readonly channel: string;
  readonly detail: JsonObject;
  /** Agents' hands it has been through. */
  readonly hops: number;
}

/**
 * The event in a message body, or undefined when the body is something else.
 * @throws DataError of a code that `isRefusal` knows, when it is not what its source has said
 */
export async function readChannelEvent(body: string, security: MessageSecurity): Promise<ChannelEvent | undefined> {
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
  const source = text('source');
  const said = await heardOnChannel({ source, name: channel, detail: detail.data }, security);
  return { id: text('id'), source, channel, ...takeHops(said) };
}

/**
 * Hands an event to the agent's handler of that channel. An error sends the message back to the inbox, but not one that
 * has gone round too often: it counts as an error of this agent and ends here.
 */
export async function handleChannelEvent(
  agent: Agent,
  event: ChannelEvent,
  ports: AgentPorts,
  work: WorkState,
): Promise<void> {
  const { channel, detail, hops, source } = event;
  // Nobody hears itself: the rule keeps it away, and this does where there is none.
  if (source === agentSource(agent.manifest.name)) return;
  const handle = Object.hasOwn(agent.channels, channel) ? agent.channels[channel] : undefined;
  if (!handle) {
    ports.logger.warn('no handler for this channel', { channel, event: event.id });
    return;
  }
  const started = ports.clock.now();
  const tenant = TenantId.catch(DEFAULT_TENANT).parse(detail.tenant);
  const correlationId = typeof detail.correlation_id === 'string' ? detail.correlation_id : event.id;
  const { logger, clock } = ports;
  let ok = false;
  try {
    const reach = createReach(agent.manifest, tenant, ports, hops + 1);
    await handle(detail, { ...reach, tenant, correlationId, logger, clock, from: agentBehind(source) });
    ok = true;
  } catch (error) {
    if (!(error instanceof DataError) || error.code !== 'too_many_hops') throw error;
    logger.error('event has gone round too often and ends here', { code: error.code, channel, event: event.id, hops });
  } finally {
    work.stats.record(clock.now() - started, ok);
  }
}

function agentBehind(source: string): string | undefined {
  const prefix = agentSource('');
  return source.startsWith(prefix) ? source.slice(prefix.length) : undefined;
}
