import { DateTime } from 'luxon';
import { parseString } from 'whatsapp-chat-parser';
import type { RawMemory } from '../../messages.ts';
import type { ParsedExport, ReadingHints } from '../parsed-export.ts';

/** What stands in place of something that was not exported, in the languages that WhatsApp is used in most. */
const OMITTED =
  /^[\u200e\u200f]*(<[^<>]{3,60}>|(image|video|audio|sticker|document|GIF|contact card) omitted|.{0,120}\((file attached|archivo adjunto|Datei angehängt|fichier joint|file allegato|arquivo anexado)\)|null)$/iu;
/** The line that WhatsApp writes by itself; on iPhones it bears the name of the group. */
const ENCRYPTED =
  /end-to-end encrypted|Ende-zu-Ende-verschlüsselt|cifrad[ao]s de extremo a extremo|chiffrés de bout en bout/iu;
/** The date at the beginning of a message, as iPhones (with brackets) and Android write it. */
export const DATED = /^[\u200e\u200f]*\[?(\d{1,4})[-/.]\s?(\d{1,2})[-/.]\s?\d{1,4}[.,]?\s\D{0,3}?\d{1,2}[.:]\d{2}/gmu;

/** True of a text in which messages begin as WhatsApp has them begin. */
export const isWhatsapp = (text: string): boolean => [...text.slice(0, 20_000).matchAll(DATED)].length > 0;

/**
 * A chat as WhatsApp exports it. It tells minutes only, so what was said in the same minute keeps its order by a millisecond
 * each. Lines by nobody (who joined, that it is encrypted) and attachments are left out, and counted.
 */
export function parseWhatsapp(text: string, conversation: string, hints: ReadingHints): ParsedExport {
  const { daysFirst, note } = orderOf(text, hints.dateOrder);
  const memories: RawMemory[] = [];
  const refused: ParsedExport['refused'][number][] = [];
  const left = { system: 0, omitted: 0 };
  let [sameMinute, last] = [0, Number.NaN];
  for (const [place, { date, author, message }] of parseString(text, { daysFirst }).entries()) {
    const said = message.replaceAll(/[\u200e\u200f]/gu, '').trim();
    if (author === null || ENCRYPTED.test(said)) left.system += 1;
    else if (OMITTED.test(said)) left.omitted += 1;
    else if (Number.isNaN(date.getTime())) refused.push({ where: `message ${place + 1}`, reason: 'no such date' });
    else {
      const minute = inZone(date, hints.timeZone);
      sameMinute = minute === last ? sameMinute + 1 : 0;
      last = minute;
      memories.push({ text: said, speaker: author, at: minute + sameMinute, conversation });
    }
  }
  const before = text.slice(0, Math.max(0, text.search(DATED))).trim();
  if (before.length > 0) refused.push({ where: 'before the first message', reason: 'neither date nor name' });
  return {
    ...{ format: 'whatsapp', memories, refused },
    notes: [
      `times were read as of ${hints.timeZone}`,
      ...(note === undefined ? [] : [note]),
      ...(left.system > 0 ? [`${left.system} lines that nobody has said were left out`] : []),
      ...(left.omitted > 0 ? [`${left.omitted} attachments are not in the file`] : []),
    ],
  };
}

/** Which comes first; null leaves it to the parser, which looks at the order of the messages. */
function orderOf(text: string, hint: ReadingHints['dateOrder']): { daysFirst: boolean | null; note?: string } {
  if (hint !== undefined) return { daysFirst: hint === 'day_first' };
  const dates = [...text.matchAll(DATED)].map(([, first = '', second = '']) => [first, second] as const);
  // The year first: the parser turns these around, so that the month comes first.
  if (dates.some(([first]) => first.length === 4)) return { daysFirst: false };
  const days = dates.some(([first]) => Number(first) > 12);
  const months = dates.some(([, second]) => Number(second) > 12);
  if (days && months)
    return { daysFirst: true, note: 'some dates have the day first and some the month: read as day first' };
  if (days || months) return { daysFirst: days };
  return { daysFirst: null, note: 'no date tells whether its day or its month comes first: told from their order' };
}

/** The parser reads what the clock showed as of this process's zone; whoever wrote it was in another. */
function inZone(date: Date, zone: string): number {
  const { year, month, day, hour, minute, second } = DateTime.fromJSDate(date);
  return DateTime.fromObject({ year, month, day, hour, minute, second }, { zone }).toMillis();
}
