import { DateTime } from 'luxon';
import { convertIcsEvent, type IcsDateObject, type IcsEvent } from 'ts-ics';
import type { RawMemory } from '../../messages.ts';
import type { ParsedExport, ReadingHints } from '../parsed-export.ts';

/** No event that somebody has written is longer. */
const LONGEST_EVENT = 100_000;

/** Each event from its beginning to its end; how many have none. */
function eventsIn(text: string): { blocks: string[]; open: number } {
  const begun = text.split('BEGIN:VEVENT').slice(1);
  const blocks = begun.flatMap((part) => {
    const end = part.indexOf('END:VEVENT');
    return end === -1 ? [] : [`BEGIN:VEVENT${part.slice(0, end)}END:VEVENT`];
  });
  return { blocks, open: begun.length - blocks.length };
}

/** A calendar: a memory for each event. One that is broken is refused by itself; repeated ones are told once, with their rule. */
export function parseIcs(text: string, conversation: string, hints: ReadingHints): ParsedExport {
  const memories: RawMemory[] = [];
  const refused: ParsedExport['refused'][number][] = [];
  const { blocks, open } = eventsIn(text);
  for (const [place, block] of blocks.entries()) {
    const where = `event ${place + 1}`;
    if (block.length > LONGEST_EVENT) {
      refused.push({ where, reason: `more than ${LONGEST_EVENT} characters` });
      continue;
    }
    try {
      const event = convertIcsEvent(undefined, block);
      const at = momentOf(event.start, hints.timeZone);
      if (at === undefined || !event.summary) refused.push({ where, reason: 'no start, or no summary' });
      else memories.push(memoryOf(event, at, conversation, hints.timeZone));
    } catch {
      refused.push({ where, reason: 'its fields are none of an event' });
    }
  }
  if (open > 0)
    refused.push({ where: 'the end of the file', reason: `${open} events have no end: the file is cut off` });
  return { format: 'ics', memories, refused, notes: [`times without a zone were read as of ${hints.timeZone}`] };
}

/** Times without a zone are the owner's; those with one are exact already. A whole day begins at its midnight there. */
function momentOf(start: IcsDateObject | undefined, zone: string): number | undefined {
  if (!start || Number.isNaN(start.date.getTime())) return undefined;
  if (start.local) return start.date.getTime();
  const shown = DateTime.fromJSDate(start.date, { zone: 'utc' });
  return shown.setZone(zone, { keepLocalTime: start.type === 'DATE' }).toMillis();
}

function memoryOf(event: IcsEvent, at: number, conversation: string, zone: string): RawMemory {
  const { summary, location, description, attendees = [], organizer, recurrenceRule } = event;
  const when = DateTime.fromMillis(at, { zone }).toFormat(
    event.start.type === 'DATE' ? 'd LLLL yyyy' : "d LLLL yyyy 'at' HH:mm",
  );
  const guests = attendees.map(({ name, email }) => name ?? email);
  const parts = [
    `${summary}, ${when}`,
    ...(location ? [`at ${location}`] : []),
    ...(guests.length > 0 ? [`with ${guests.join(', ')}`] : []),
    ...(recurrenceRule ? [`every ${EVERY[recurrenceRule.frequency]}`] : []),
    ...(description ? [description] : []),
  ];
  const speaker = organizer?.name ?? organizer?.email;
  return { text: parts.join('; '), at, conversation, ...(speaker && { speaker }) };
}

const EVERY = {
  ...{ SECONDLY: 'second', MINUTELY: 'minute', HOURLY: 'hour', DAILY: 'day' },
  ...{ WEEKLY: 'week', MONTHLY: 'month', YEARLY: 'year' },
} as const;
