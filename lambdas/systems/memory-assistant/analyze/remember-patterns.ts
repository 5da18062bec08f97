import { asJson } from '../../../contracts/json.ts';
import type { Memory } from '../../../runtime/memory.ts';
import { POOLS } from '../pools.ts';
import type { Patterns } from './patterns.ts';
import { NOBODY } from './said.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/**
 * Patterns of a conversation in words, one fact each, so that they are found by questions; what was said of the same before
 * is superseded. What tells of a person is theirs: whoever is erased takes it along.
 */
export async function rememberPatterns(
  { habits, topics, people, hours }: Patterns,
  conversation: string,
  memory: Pick<Memory, 'recall' | 'rememberAll'>,
): Promise<void> {
  const group = `patterns of ${conversation}`.slice(0, 256);
  const { entries: before } = await memory.recall({ text: group, pools: [POOLS.patterns], group, limit: 50 });
  const busiest = hours.indexOf(Math.max(...hours));
  const facts: Array<{ about: string; text: string; subject?: string }> = [
    ...habits.map(({ topic, weekday, times, weeks }) => ({
      about: `habit ${topic}`,
      text: `Every ${WEEKDAYS[weekday - 1]} there is talk of ${topic}: ${times} times in ${weeks} weeks`,
    })),
    ...(topics.length > 0
      ? [
          {
            about: 'topics',
            text: `Most talk is of ${topics
              .slice(0, 6)
              .map(({ topic }) => topic)
              .join(', ')}`,
          },
        ]
      : []),
    ...people
      .filter(({ person }) => person !== NOBODY)
      .slice(0, 10)
      .map(({ person, memories, reply_minutes: minutes }) => ({
        ...{ about: `person ${person}`, subject: person },
        text: `${person} wrote ${memories} messages${minutes === null ? '' : `, and usually answers within ${minutes} minutes`}`,
      })),
    { about: 'hours', text: `Most is written around ${busiest}:00` },
  ];
  const entries = facts.map(({ about, text, subject }) => {
    const old = before.filter(({ data, text: said }) => isAbout(data, about) && said !== text);
    return {
      ...{ text, group, kind: 'semantic' as const, data: asJson({ about }), ...(subject !== undefined && { subject }) },
      links: old.map(({ id }) => ({ kind: 'supersedes' as const, to: id })),
    };
  });
  const fresh = entries.filter(({ text }) => !before.some((known) => known.text === text));
  if (fresh.length > 0) await memory.rememberAll(fresh, { pool: POOLS.patterns });
}

const isAbout = (data: unknown, about: string): boolean =>
  typeof data === 'object' && data !== null && 'about' in data && data.about === about;
