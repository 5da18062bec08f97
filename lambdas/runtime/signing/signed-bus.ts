import * as z from 'zod';
import { agentSource } from '../../contracts/bus-sources.ts';
import { DataError } from '../../contracts/errors.ts';
import { JsonObject } from '../../contracts/json.ts';
import { DEFAULT_TENANT, TenantId } from '../../contracts/names.ts';
import { Jwe } from '../../contracts/signature.ts';
import { packText, unpackText } from '../compression.ts';
import { withHops } from '../hops.ts';
import type { Bus } from '../ports.ts';
import type { MessageSecurity } from './message-security.ts';
import { refusal } from './refusal.ts';

/** Fields of an event's detail that no agent sees or sets: who has said it, and what only subscribers may read. */
const SIGNATURE = 'muster_signature';
const SEALED = 'muster_sealed';
const RESERVED = [SIGNATURE, SEALED];

/** Channels are receivers like any other: who listens may open what is sealed for them. */
export const channelReceiver = (channel: string): string => `channel:${channel}`;

/** An event as EventBridge hands it on. */
export interface HeardEvent {
  readonly source: string;
  readonly name: string;
  readonly detail: JsonObject;
}

/**
 * The bus as an agent has it: all that it says is signed with its container's key.
 * @param confidential channels on which only those who listen may read
 */
export function signedBus(bus: Bus, security: MessageSecurity, confidential: readonly string[] = []): Bus {
  async function put(source: string, name: string, detail: JsonObject): Promise<void> {
    const signature = await security.signEvent(name, detail);
    await bus.publishToChannel(source, name, signature === undefined ? detail : { ...detail, [SIGNATURE]: signature });
  }

  return {
    async publish(source, events) {
      for (const { name, detail } of events) await put(source, name, JSON.parse(JSON.stringify(detail)));
    },
    async publishToChannel(source, channel, detail, hops) {
      const reserved = RESERVED.find((field) => Object.hasOwn(detail, field));
      if (reserved !== undefined)
        throw new DataError('reserved_field', `"${reserved}" is the platform's own field; name yours differently`);
      const closed = await sealed(channel, detail, confidential.includes(channel), security);
      await put(source, channel, withHops(closed, hops));
    },
  };
}

/**
 * What an event says, once it is known that its source has said it. Only agents sign: whoever else may put events on the
 * bus is for its policy to say.
 * @throws DataError of a code that `isRefusal` knows
 */
export async function heard(event: HeardEvent, security: MessageSecurity): Promise<JsonObject> {
  const { [SIGNATURE]: signature, ...detail } = event.detail;
  const prefix = agentSource('');
  if (!event.source.startsWith(prefix)) return event.detail;
  await security.verifyEvent(event.source.slice(prefix.length), event.name, detail, signature);
  return detail;
}

/** The same for a channel: opened, if it was sealed. */
export async function heardOnChannel(event: HeardEvent, security: MessageSecurity): Promise<JsonObject> {
  const detail = await heard(event, security);
  const { [SEALED]: closed, ...open } = detail;
  if (closed === undefined) return detail;
  const jwe = Jwe.safeParse(closed).data;
  const { name, source: sender } = event;
  if (!jwe) throw refusal('encryption_refused', `says on ${name} what nobody can open`, { sender });
  const plain = await security.decrypt(jwe, boundTo(name, open));
  const inner = JsonObject.safeParse(JSON.parse(unpackText(plain))).data;
  if (!inner) throw refusal('encryption_refused', `has sealed on ${name} what is no message`, { sender });
  return { ...open, ...inner };
}

/** Tenant and correlation stay readable: routing, budgets and the audit go by them. */
async function sealed(
  channel: string,
  detail: JsonObject,
  confidential: boolean,
  security: MessageSecurity,
): Promise<JsonObject> {
  const { tenant, correlation_id, ...rest } = detail;
  const open = { ...(tenant !== undefined && { tenant }), ...(correlation_id !== undefined && { correlation_id }) };
  const jwe = await security.encrypt(() => packText(JSON.stringify(rest)), boundTo(channel, open), confidential);
  return jwe ? { ...open, [SEALED]: { ...jwe } } : detail;
}

/** An event has no id before it is on the bus; its correlation is as near as there is. */
function boundTo(channel: string, { tenant, correlation_id }: JsonObject) {
  return {
    tenant: TenantId.catch(DEFAULT_TENANT).parse(tenant),
    receiver: channelReceiver(channel),
    messageId: typeof correlation_id === 'string' ? correlation_id : '',
  };
}

const OnQueue = z.object({ source: z.string(), 'detail-type': z.string(), detail: JsonObject });

/**
 * Holds an event that lies in a queue against its source. What is no event at all is left to whoever reads it.
 * @throws DataError of a code that `isRefusal` knows
 */
export async function checkEvent(body: string, security: MessageSecurity): Promise<void> {
  const event = OnQueue.safeParse(parsed(body)).data;
  if (event) await heard({ source: event.source, name: event['detail-type'], detail: event.detail }, security);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
