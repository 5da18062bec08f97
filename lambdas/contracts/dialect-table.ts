import type { PriorityScale } from './dialect-values.ts';
import type { Header } from './envelope.ts';
import { DataError } from './errors.ts';
import { JsonObject } from './json.ts';

/** The seed documents write messages in three ways; each is named by how it calls the two ends. */
export type Dialect = 'source_target' | 'header' | 'sender_recipient';

/** The fields of the envelope that a dialect may call by another name. */
export type RenamedField = 'message_id' | 'message_type' | 'sender' | 'receiver';

export interface DialectRow {
  readonly fields: Readonly<Record<RenamedField, string>>;
  readonly priorities: PriorityScale;
  readonly timestamps: 'iso' | 'epoch_seconds';
  /** Where the body is: under `payload`, or beside the other fields. */
  readonly body: 'payload' | 'flat';
}

/** The table: how each dialect says what the envelope says. Reading, writing and docs/contracts.md all come from it. */
export const DIALECTS: Readonly<Record<Dialect, DialectRow>> = {
  source_target: {
    fields: {
      message_id: 'message_id',
      message_type: 'message_type',
      sender: 'source_agent',
      receiver: 'target_agent',
    },
    priorities: 'zero_to_ten',
    timestamps: 'epoch_seconds',
    body: 'flat',
  },
  header: {
    fields: { message_id: 'message_id', message_type: 'message_type', sender: 'sender', receiver: 'receiver' },
    priorities: 'levels',
    timestamps: 'iso',
    body: 'payload',
  },
  sender_recipient: {
    fields: { message_id: 'id', message_type: 'type', sender: 'sender_id', receiver: 'recipient_id' },
    priorities: 'zero_to_ten',
    timestamps: 'epoch_seconds',
    body: 'payload',
  },
};

/** Fields of the envelope that every dialect calls by the same name and writes in the same way. */
export const SHARED_FIELDS = [
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
] as const satisfies ReadonlyArray<Exclude<keyof Header, RenamedField>>;

/**
 * Which dialect a document is written in.
 * @throws DataError `dialect_unknown` when it is none, or mixes two
 */
export function dialectOf(document: unknown): Dialect {
  const object = JsonObject.safeParse(document);
  if (!object.success) throw new DataError('dialect_unknown', 'a message is a JSON object');
  const has = (...names: string[]) => names.some((name) => Object.hasOwn(object.data, name));
  const matches: Dialect[] = [];
  if (has('source_agent', 'target_agent')) matches.push('source_target');
  if (has('header', 'sender', 'receiver')) matches.push('header');
  if (has('sender_id', 'recipient_id')) matches.push('sender_recipient');
  const [dialect] = matches;
  if (dialect && matches.length === 1) return dialect;
  throw new DataError(
    'dialect_unknown',
    'a message names its two ends in one way: source_agent and target_agent, sender and receiver (alone or in a header), or sender_id and recipient_id',
    { found: matches },
  );
}
