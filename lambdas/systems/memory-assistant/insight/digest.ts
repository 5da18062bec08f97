import * as z from 'zod';
import { MOST_PEOPLE, Patterns } from '../analyze/patterns.ts';

const WEEKDAYS = ['Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays', 'Sundays'];

/** What the stages before have found, as far as they have. */
const Findings = z.looseObject({
  patterns: z.looseObject({ patterns: Patterns.optional() }).or(Patterns).optional(),
  relationships: z
    .looseObject({
      ties: z.array(z.looseObject({ a: z.string(), b: z.string(), replies: z.number() })).default([]),
      aliases: z.array(z.looseObject({ person: z.string(), alias: z.string() })).default([]),
      communities: z.array(z.looseObject({ members: z.array(z.string()) })).default([]),
      contradictions: z
        .array(z.looseObject({ person: z.string(), attribute: z.string(), values: z.array(z.string()) }))
        .default([]),
    })
    .optional(),
});

/** What is worth telling of an import, in sentences; nothing that the stages before have not found. */
export function digestOf(document: unknown): string[] {
  const { patterns: found, relationships } = Findings.safeParse(document).data ?? {};
  const patterns = Patterns.safeParse(found).data;
  const lines: string[] = [];
  if (patterns && patterns.memories > 0) {
    const [most] = patterns.people;
    lines.push(
      `${patterns.memories} memories on ${patterns.days} days, by ${patterns.people.length < MOST_PEOPLE ? '' : 'at least '}${patterns.people.length} people`,
    );
    if (most && patterns.people.length > 1) lines.push(`${most.person} says most: ${most.memories} of them`);
    if (patterns.topics.length > 0)
      lines.push(
        `The talk is of ${patterns.topics
          .slice(0, 5)
          .map(({ topic }) => topic)
          .join(', ')}`,
      );
    for (const { topic, weekday, times } of patterns.habits.slice(0, 3))
      lines.push(`${WEEKDAYS[weekday - 1]} are for ${topic}: ${times} times, far more than chance`);
    if (patterns.change && patterns.change.direction !== 'steady')
      lines.push(`Lately there is ${patterns.change.direction} talk than before`);
  }
  const [closest] = relationships?.ties ?? [];
  if (closest) lines.push(`${closest.a} and ${closest.b} are closest: ${closest.replies} answers to each other`);
  for (const { person, alias } of relationships?.aliases.slice(0, 5) ?? [])
    lines.push(`${alias} seems to be ${person}`);
  const circles = relationships?.communities.filter(({ members }) => members.length > 1) ?? [];
  if (circles.length > 1)
    lines.push(`There are ${circles.length} circles: ${circles.map(({ members }) => members.join(', ')).join(' · ')}`);
  for (const { person, attribute, values } of relationships?.contradictions ?? [])
    lines.push(`${person}'s ${attribute} is told in different ways: ${values.join(' and ')}`);
  return lines.length > 0 ? lines : ['There is nothing to tell: no memories were found'];
}
