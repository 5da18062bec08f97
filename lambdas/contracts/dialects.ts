import type * as z from 'zod';
import { isSeedMessageType, SEED_BODIES, type SeedMessageType } from './dialect-bodies.ts';
import { instantOf, type PriorityScale, priorityIn, priorityOf } from './dialect-values.ts';
import { type Envelope, Header } from './envelope.ts';
import { DataError } from './errors.ts';
import { Json, JsonObject } from './json.ts';
import { MESSAGE_SCHEMAS, type MessageType } from './messages.ts';
import { DEFAULT_TENANT } from './names.ts';
import type { PriorityLevel } from './priority.ts';

/** The seed documents write messages in three ways; each is named by how it calls the two ends. */
export type Dialect = 'source_target' | 'header' | 'sender_recipient';

/** The fields that the dialects have names for. */
type Field = 'message_id' | 'message_type' | 'sender' | 'receiver' | 'timestamp' | 'priority';

/** The table: how each dialect says what the envelope says. Fields that are not here are called the same everywhere. */
export const DIALECTS: Readonly<
  Record<
    Dialect,
    {
      readonly fields: Readonly<Record<Field, string>>;
      readonly priorities: PriorityScale;
      readonly timestamps: 'iso' | 'epoch_seconds';
      /** Where the body is: under `payload`, or beside the other fields. */
      readonly body: 'payload' | 'flat';
    }
  >
> = {
  source_target: {
    fields: {
      message_id: 'message_id',
      message_type: 'message_type',
      sender: 'source_agent',
      receiver: 'target_agent',
      timestamp: 'timestamp',
      priority: 'priority',
    },
    priorities: 'zero_to_ten',
    timestamps: 'epoch_seconds',
    body: 'flat',
  },
  header: {
    fields: {
      message_id: 'message_id',
      message_type: 'message_type',
      sender: 'sender',
      receiver: 'receiver',
      timestamp: 'timestamp',
      priority: 'priority',
    },
    priorities: 'levels',
    timestamps: 'iso',
    body: 'payload',
  },
  sender_recipient: {
    fields: {
      message_id: 'id',
      message_type: 'type',
      sender: 'sender_id',
      receiver: 'recipient_id',
      timestamp: 'timestamp',
      priority: 'priority',
    },
    priorities: 'zero_to_ten',
    timestamps: 'epoch_seconds',
    body: 'payload',
  },
};

/** Fields of the envelope that every dialect calls by the same name. */
const SHARED = [
  'correlation_id',
  'reply_to',
  'requires_response',
  'ttl',
  'tenant',
  'causation_id',
  'schema_version',
  'traceparent',
  'attempt',
  'not_after',
] as const satisfies ReadonlyArray<Exclude<keyof Header, Field>>;

/** Who is meant when all are. */
const BROADCAST = 'broadcast';

/** What a document may leave out and a message can't. */
export interface DialectDefaults {
  /** ms since 1970, for messages that do not say when they were made. */
  readonly now: number;
  /** For messages that do not say their id. */
  readonly id: string;
  readonly tenant?: string;
}

const wrong = (field: string, reason: string) => new DataError('message_invalid', `${field}: ${reason}`, { field });

function parse<T>(schema: z.ZodType<T>, value: unknown, at: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw wrong([at, ...(issue?.path ?? [])].filter((part) => part !== '').join('.'), issue?.message ?? 'is wrong');
}

/**
 * Which dialect a document is written in.
 * @throws DataError `message_invalid` when it mixes two, `dialect_unknown` when it is none
 */
export function dialectOf(document: unknown): Dialect {
  const found = JsonObject.safeParse(document);
  if (!found.success) throw new DataError('dialect_unknown', 'a message is a JSON object');
  const has = (...names: string[]) => names.some((name) => Object.hasOwn(found.data, name));
  const matches: Dialect[] = [];
  if (has('header', 'sender', 'receiver')) matches.push('header');
  if (has('source_agent', 'target_agent')) matches.push('source_target');
  if (has('sender_id', 'recipient_id')) matches.push('sender_recipient');
  const [dialect] = matches;
  if (matches.length > 1 || !dialect)
    throw new DataError(
      matches.length > 1 ? 'message_invalid' : 'dialect_unknown',
      'a message names its two ends in one way: source_agent and target_agent, sender and receiver, or sender_id and recipient_id',
    );
  return dialect;
}

/** The task's priority on our scale; the header takes it over when it has none itself. */
function taskPriority(body: JsonObject, scale: PriorityScale): PriorityLevel | undefined {
  const { task } = body;
  if (typeof task !== 'object' || task === null || Array.isArray(task) || task.priority === undefined) return undefined;
  const level = priorityOf(task.priority, scale, 'task.priority');
  task.priority = level;
  return level;
}

/** The platform's own messages have richer bodies of the same names, and are told by their run. */
const isOwn = (type: string, body: Json): type is MessageType =>
  type in MESSAGE_SCHEMAS && typeof body === 'object' && body !== null && 'run_id' in body;

function bodyOf(type: string, body: Json, at: string): Json {
  if (isOwn(type, body)) return parse(Json, parse<unknown>(MESSAGE_SCHEMAS[type], body, at), at);
  return isSeedMessageType(type) ? parse(Json, parse<unknown>(SEED_BODIES[type], body, at), at) : body;
}

/** `broadcast: true` in place of a receiver is how coordination messages speak to all. */
function receiverOf(header: JsonObject, body: Json, field: string): Json | undefined {
  const toAll = typeof body === 'object' && body !== null && !Array.isArray(body) && body.broadcast === true;
  const named = header[field];
  if (toAll && named !== undefined && named !== BROADCAST)
    throw wrong('broadcast', `a message to all can't name a ${field} as well`);
  return toAll ? BROADCAST : named;
}

/**
 * Reads a message of any of the three dialects.
 * @throws DataError `dialect_unknown`, or `message_invalid` naming the field
 */
export function fromDialect(document: unknown, defaults: DialectDefaults): Envelope {
  const dialect = dialectOf(document);
  const { fields, priorities, body: place } = DIALECTS[dialect];
  const whole = structuredClone(parse(JsonObject, document, ''));
  const nested = dialect === 'header' && 'header' in whole;
  const head = nested ? parse(JsonObject, whole.header, 'header') : whole;
  const at = (name: string) => (nested ? `header.${name}` : name);

  const type = parse(Header.shape.message_type, head[fields.message_type], at(fields.message_type));
  const known = new Set<string>([...Object.values(fields), ...SHARED]);
  const flat = place === 'flat' && !('payload' in whole);
  const raw: Json = flat
    ? Object.fromEntries(Object.entries(whole).filter(([name]) => !known.has(name)))
    : (whole.payload ?? {});
  const inTask =
    typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? taskPriority(raw, priorities) : undefined;
  const payload = bodyOf(type, raw, flat ? '' : 'payload');

  const stated = head[fields.priority];
  const priority = stated === undefined ? inTask : priorityOf(stated, priorities, at(fields.priority));
  const id = head[fields.message_id] ?? defaults.id;
  const deadline = type === 'task_assignment' ? SEED_BODIES.task_assignment.safeParse(payload).data?.task.deadline : undefined;
  const shared = Object.fromEntries(SHARED.flatMap((name) => (head[name] === undefined ? [] : [[name, head[name]]])));
  const candidate: Record<keyof Header, unknown> = {
    ...{ correlation_id: id, tenant: defaults.tenant ?? DEFAULT_TENANT, reply_to: answeredBy(dialect, id) },
    ...{ not_after: deadline && Math.round(deadline * 1_000) },
    ...{ ttl: undefined, causation_id: undefined, schema_version: undefined, traceparent: undefined },
    ...{ attempt: undefined, requires_response: undefined },
    ...shared,
    message_id: id,
    timestamp: instantOf(head[fields.timestamp] ?? defaults.now / 1_000, at(fields.timestamp)),
    sender: head[fields.sender],
    receiver: receiverOf(head, raw, fields.receiver),
    message_type: type,
    priority,
  };
  const renamed = (name: string): string => (name in fields ? fields[name as Field] : name);
  const parsed = Header.safeParse(candidate);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw wrong(at(renamed(String(issue?.path[0]))), issue?.message ?? 'is wrong');
  }
  return { header: parsed.data, payload };
}
