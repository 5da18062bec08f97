import { DateTime } from 'luxon';
import * as z from 'zod';
import type { RawMemory } from '../../messages.ts';
import type { ParsedExport, ReadingHints } from '../parsed-export.ts';

/** Names that exports give to the same thing; the first that is there counts. */
const NAMES = {
  text: ['text', 'content', 'message', 'body', 'note'],
  speaker: ['speaker', 'sender', 'sender_name', 'from', 'author', 'user', 'name'],
  at: ['at', 'timestamp', 'timestamp_ms', 'date', 'datetime', 'created_at', 'time', 'ts'],
  conversation: ['conversation', 'chat', 'channel', 'thread', 'title', 'group'],
} as const;
/** Where exports keep their list. */
const LISTS = ['messages', 'memories', 'entries', 'items', 'data'] as const;
const Item = z.record(z.string(), z.unknown());
/** Lists of pieces in lists of pieces. */
const DEEPEST = 4;

/** A list of objects, or an object with one: memories, Telegram's and Facebook's exports, and what looks like them. */
export function parseJsonExport(value: unknown, conversation: string, hints: ReadingHints): ParsedExport {
  const { list, title } = listIn(value);
  const memories: RawMemory[] = [];
  const refused: ParsedExport['refused'][number][] = [];
  for (const [place, item] of list.entries()) {
    const where = `item ${place + 1}`;
    const fields = Item.safeParse(item).data;
    const text = fields && textOf(pick(fields, 'text'));
    if (!fields || text === undefined || text.trim() === '') {
      refused.push({ where, reason: `no text; it is looked for as ${NAMES.text.join(', ')}` });
      continue;
    }
    const told = pick(fields, 'at');
    const at = timeOf(told, hints.timeZone);
    if (told !== undefined && at === undefined) {
      refused.push({ where, reason: 'its time is none: ISO 8601, or seconds or milliseconds since 1970 are read' });
      continue;
    }
    const speaker = textOf(pick(fields, 'speaker'));
    const own = textOf(pick(fields, 'conversation'));
    memories.push({
      ...{ text, conversation: (own || title || conversation).slice(0, 200) },
      ...(speaker && { speaker: speaker.slice(0, 256) }),
      ...(at !== undefined && { at }),
    });
  }
  return { format: 'json', memories, refused, notes: [`times without a zone were read as of ${hints.timeZone}`] };
}

export function listIn(value: unknown): { list: readonly unknown[]; title?: string } {
  if (Array.isArray(value)) return { list: value };
  const fields = Item.safeParse(value).data ?? {};
  const list = LISTS.map((name) => fields[name]).find((one) => Array.isArray(one));
  const title = textOf(fields.title ?? fields.name);
  return { list: Array.isArray(list) ? list : [value], ...(title && { title }) };
}

const pick = (fields: Readonly<Record<string, unknown>>, what: keyof typeof NAMES): unknown =>
  NAMES[what].map((name) => fields[name]).find((value) => value !== undefined && value !== null);

/** Texts; Telegram's lists of pieces; people that are objects with a name. */
function textOf(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && depth < DEEPEST) return value.map((piece) => textOf(piece, depth + 1) ?? '').join('');
  const fields = Item.safeParse(value).data;
  const inner = fields?.text ?? fields?.name;
  return typeof inner === 'string' ? inner : undefined;
}

/** ms since 1970 from ISO 8601, or a count of seconds (ten digits) or milliseconds. */
function timeOf(value: unknown, zone: string): number | undefined {
  const digits = typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '';
  if (/^\d{9,10}(\.\d+)?$/.test(digits)) return Math.round(Number(digits) * 1_000);
  if (/^\d{12,13}$/.test(digits)) return Number(digits);
  const moment = DateTime.fromISO(digits.replace(/^(\d{4}-\d\d-\d\d) (\d)/, '$1T$2'), { zone });
  return moment.isValid ? moment.toMillis() : undefined;
}
