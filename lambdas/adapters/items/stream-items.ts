import { Principal } from '../../contracts/principal.ts';
import { StreamRecord, type Topic } from '../../contracts/stream.ts';
import type { Connection, Follower, LogRow, Subscription } from '../../runtime/stream/stream-ports.ts';
import { type Item, number, packed, readNumber, readText, text, unpacked } from './attributes.ts';

/*
 * Where things lie in the streams table (`pk`, `sk`; TTL attribute `expires_at`):
 *
 *   LOG#<tenant>#<topic>    <first number, 12 digits>      records that were written together
 *   SUBS#<tenant>#<topic>   <connection>#<operation>       somebody who follows it
 *   CONN#<connection>       A#conn                         who is at the other end, and until when
 *   CONN#<connection>       OP#<operation>                 what it follows
 *   OPEN                    <connection>                   the same as A#conn, for whoever looks through all
 *   WATCH#<tenant>#<topic>  WATCH                          it is kept until then
 *   WATCHES                 WATCHES                        until when anything is kept at all, and what is no run
 *
 * Agents with models may get WATCH#* and WATCHES, and nothing else.
 */

export const logKey = (tenant: string, topic: Topic): string => `LOG#${tenant}#${topic}`;
export const followersKey = (tenant: string, topic: Topic): string => `SUBS#${tenant}#${topic}`;
export const connectionKey = (connectionId: string): string => `CONN#${connectionId}`;
export const CONNECTION = 'A#conn';
export const OPEN = 'OPEN';
export const OPERATION = 'OP#';
export const watchKey = (tenant: string, topic: Topic): string => `WATCH#${tenant}#${topic}`;
export const WATCH = 'WATCH';
export const WATCHES = 'WATCHES';
/** Of that row: topics that are no runs, by {@link sharedWatchName}, with their ends. */
export const TOPICS = 'topics';
export const sharedWatchPrefix = (tenant: string): string => `${tenant} `;
export const sharedWatchName = (tenant: string, topic: Topic): string => sharedWatchPrefix(tenant) + topic;
export const seqKey = (seq: number): string => String(seq).padStart(12, '0');

const expires = (at: number): Item => ({ expires_at: number(Math.ceil(at / 1_000)) });

export function encodeRow(tenant: string, topic: Topic, { first, records }: LogRow, expiresAt: number): Item {
  return {
    pk: text(logKey(tenant, topic)),
    sk: text(seqKey(first)),
    records: packed(JSON.stringify(records)),
    ...expires(expiresAt),
  };
}

export function decodeRow(item: Item): LogRow {
  return { first: Number(readText(item, 'sk')), records: StreamRecord.array().parse(unpacked(item, 'records')) };
}

/** Days after its end that a row may still be there. */
const SLACK_MS = 86_400_000;

/** Its own row, and the one among all. */
export function encodeConnection({ id, connectedAt, until, client }: Connection): Item[] {
  const fields = {
    connection: text(id),
    connected_at: number(connectedAt),
    until: number(until),
    ...(client && { client: text(client.id), principal: text(JSON.stringify(client.principal)) }),
    ...expires(until + SLACK_MS),
  };
  return [
    { pk: text(connectionKey(id)), sk: text(CONNECTION), ...fields },
    { pk: text(OPEN), sk: text(id), ...fields },
  ];
}

export function decodeConnection(item: Item): Connection {
  return {
    id: readText(item, 'connection'),
    connectedAt: readNumber(item, 'connected_at'),
    until: readNumber(item, 'until'),
    ...(item.client && { client: { id: readText(item, 'client'), principal: principalIn(item) } }),
  };
}

/** Its row among what the connection follows, and the one among the topic's followers. */
export function encodeFollower({ connectionId, operationId, tenant, topic, until, principal }: Follower): Item[] {
  const fields = {
    connection: text(connectionId),
    operation: text(operationId),
    tenant: text(tenant),
    topic: text(topic),
    until: number(until),
    ...expires(until + SLACK_MS),
  };
  return [
    { pk: text(connectionKey(connectionId)), sk: text(OPERATION + operationId), ...fields },
    {
      pk: text(followersKey(tenant, topic)),
      sk: text(followerKey(connectionId, operationId)),
      principal: text(JSON.stringify(principal)),
      ...fields,
    },
  ];
}
export const followerKey = (connectionId: string, operationId: string): string => `${connectionId}#${operationId}`;

export function decodeSubscription(item: Item): Subscription {
  return {
    connectionId: readText(item, 'connection'),
    operationId: readText(item, 'operation'),
    tenant: readText(item, 'tenant'),
    topic: topicIn(readText(item, 'topic')),
  };
}

export function decodeFollower(item: Item): Follower {
  return { ...decodeSubscription(item), until: readNumber(item, 'until'), principal: principalIn(item) };
}

const principalIn = (item: Item): Principal => Principal.parse(JSON.parse(readText(item, 'principal')));

/** Nobody but these functions writes topics. */
export function topicIn(name: string): Topic {
  if (name.startsWith('run:')) return `run:${name.slice(4)}`;
  if (name.startsWith('agent:')) return `agent:${name.slice(6)}`;
  return 'metrics';
}
