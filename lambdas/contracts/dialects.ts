import type * as z from 'zod';
import { isSeedMessageType, SEED_BODIES, SeedTaskAssignment } from './dialect-bodies.ts';
import { DIALECTS, type Dialect, type DialectRow, dialectOf, SHARED_FIELDS } from './dialect-table.ts';
import { instantOf, priorityIn, priorityOf } from './dialect-values.ts';
import { type Envelope, Header } from './envelope.ts';
import { DataError } from './errors.ts';
import { Json, JsonObject } from './json.ts';
import { MESSAGE_SCHEMAS, type MessageType } from './messages.ts';
import { DEFAULT_TENANT } from './names.ts';
import { PriorityLevel } from './priority.ts';

/** What a document may leave out and a message can't. */
export interface DialectDefaults {
  /** ms since 1970, for messages that do not say when they were made. */
  readonly now: number;
  /** For messages that do not say their id. */
  readonly id: string;
  readonly tenant?: string;
}

/** Who is meant when all are. */
const BROADCAST = 'broadcast';
/** How the third document names an answer: by the id of the question. */
const RESPONSE = 'response_';

const wrong = (field: string, reason: string) => new DataError('message_invalid', `${field}: ${reason}`, { field });
const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse<T>(schema: z.ZodType<T>, value: unknown, where: (path: string) => string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw wrong(where(issue?.path.join('.') ?? ''), issue?.message ?? 'is wrong');
}

/** The platform's own messages have richer bodies under the same names, and are told by their run. */
const isOwn = (type: string, body: Json): type is MessageType =>
  Object.hasOwn(MESSAGE_SCHEMAS, type) && isObject(body) && 'run_id' in body;

/** The body, its task's priority on our scale, checked where its type is known. */
function readBody(type: string, raw: Json, row: DialectRow, where: (path: string) => string): Json {
  if (isOwn(type, raw)) return parse(Json, parse<unknown>(MESSAGE_SCHEMAS[type], raw, where), where);
  if (!isSeedMessageType(type)) return raw;
  const body = isObject(raw) ? { ...raw } : raw;
  if (isObject(body) && isObject(body.task) && body.task.priority !== undefined)
    body.task = { ...body.task, priority: priorityOf(body.task.priority, row.priorities, where('task.priority')) };
  return parse(Json, parse<unknown>(SEED_BODIES[type], body, where), where);
}

/** `broadcast: true` in place of a receiver is how a message speaks to all. */
function receiverOf(named: Json | undefined, body: Json, field: string): Json | undefined {
  if (!isObject(body) || body.broadcast !== true) return named;
  if (named !== undefined && named !== BROADCAST) throw wrong('broadcast', `a message to all names no ${field}`);
  return BROADCAST;
}

/** What the dialect calls the fields of the header; in a flat document the others are the body. */
const headFields = (row: DialectRow) =>
  new Set<string>([...Object.values(row.fields), ...SHARED_FIELDS, 'timestamp', 'priority', 'payload']);

const withoutUndefined = (object: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/**
 * Reads a message of any of the three dialects.
 * @throws DataError `dialect_unknown`, or `message_invalid` naming the field as the document calls it
 */
export function fromDialect(document: unknown, defaults: DialectDefaults): Envelope {
  const dialect = dialectOf(document);
  const row = DIALECTS[dialect];
  const { fields } = row;
  const whole = parse(JsonObject, document, (path) => path);
  const nested = dialect === 'header' && 'header' in whole;
  const head = nested ? parse(JsonObject, whole.header, (path) => `header.${path}`) : whole;
  const inHead = (name: string) => (nested ? `header.${name}` : name);

  const type = parse(Header.shape.message_type, head[fields.message_type], () => inHead(fields.message_type));
  const flat = row.body === 'flat' && !('payload' in whole);
  const rest = Object.entries(whole).filter(([name]) => !headFields(row).has(name));
  const raw = flat ? Object.fromEntries(rest) : whole.payload === undefined ? {} : whole.payload;
  const payload = readBody(type, raw, row, (path) => (flat ? path : path ? `payload.${path}` : 'payload'));
  const task = SeedTaskAssignment.safeParse(payload).data?.task;

  const id = head[fields.message_id] ?? defaults.id;
  const answers = dialect === 'sender_recipient' && typeof id === 'string' && id.startsWith(RESPONSE);
  const priority =
    head.priority === undefined ? task?.priority : priorityOf(head.priority, row.priorities, inHead('priority'));
  const header = withoutUndefined({
    correlation_id: isObject(payload) && typeof payload.workflow_id === 'string' ? payload.workflow_id : id,
    tenant: defaults.tenant ?? DEFAULT_TENANT,
    reply_to: answers ? id.slice(RESPONSE.length) : undefined,
    not_after: task?.deadline && Math.round(task.deadline * 1_000),
    ...Object.fromEntries(SHARED_FIELDS.filter((name) => name in head).map((name) => [name, head[name]])),
    message_id: id,
    timestamp: instantOf(head.timestamp ?? defaults.now / 1_000, inHead('timestamp')),
    sender: head[fields.sender],
    receiver: receiverOf(head[fields.receiver], payload, fields.receiver),
    message_type: type,
    priority,
  });
  const names: Readonly<Record<string, string>> = fields;
  return { header: parse(Header, header, (path) => inHead(names[path] ?? path)), payload };
}

/** The body as the dialect writes it: the task's priority on its scale. */
function writeBody(type: string, payload: Json, row: DialectRow): Json {
  if (type !== 'task_assignment' || isOwn(type, payload) || !isObject(payload) || !isObject(payload.task))
    return payload;
  const level = PriorityLevel.safeParse(payload.task.priority).data;
  return level ? { ...payload, task: { ...payload.task, priority: priorityIn(level, row.priorities) } } : payload;
}

/**
 * Writes a message in a dialect. {@link fromDialect} reads the same envelope from it.
 * What the dialect's document has no name for is called as in the envelope.
 */
export function toDialect(envelope: Envelope, dialect: Dialect): JsonObject {
  const row = DIALECTS[dialect];
  const { header } = envelope;
  const body = writeBody(header.message_type, envelope.payload, row);
  const toAll = isObject(body) && body.broadcast === true && header.receiver === BROADCAST;
  const millis = Date.parse(header.timestamp);
  const head = parse(
    JsonObject,
    withoutUndefined({
      ...Object.fromEntries(SHARED_FIELDS.map((name) => [name, header[name]])),
      [row.fields.message_id]: header.message_id,
      [row.fields.message_type]: header.message_type,
      [row.fields.sender]: header.sender,
      [row.fields.receiver]: toAll ? undefined : header.receiver,
      timestamp: row.timestamps === 'iso' ? header.timestamp : millis / 1_000,
      priority: priorityIn(header.priority, row.priorities),
    }),
    (path) => path,
  );
  if (dialect === 'header') return { header: head, payload: body };
  const spread = row.body === 'flat' && isObject(body) && isSeedMessageType(header.message_type);
  // a field of the body that is called like one of the header's would be lost beside it
  const collides = spread && Object.keys(body).some((name) => headFields(row).has(name));
  return spread && !collides ? { ...head, ...body } : { ...head, payload: body };
}
