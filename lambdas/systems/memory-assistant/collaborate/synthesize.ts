import * as z from 'zod';
import { Patterns } from '../analyze/patterns.ts';

const Plan = z.looseObject({ parts: z.array(z.looseObject({ part: z.string() })) });
const Part = z.looseObject({ patterns: Patterns });

/** One review of all months: how much was said, of what, and what came and went. Months that nobody answered for are named. */
export function synthesize(plan: unknown, parts: readonly unknown[]) {
  const names = Plan.parse(plan).parts.map(({ part }) => part);
  const found = names.map((part, place) => ({ part, patterns: Part.safeParse(parts[place]).data?.patterns }));
  const told = found.flatMap(({ part, patterns }) =>
    patterns
      ? [
          {
            ...{ part, memories: patterns.memories, topics: patterns.topics.slice(0, 5).map(({ topic }) => topic) },
            busiest: patterns.people[0]?.person ?? null,
          },
        ]
      : [],
  );
  const most = [...told].sort((a, b) => b.memories - a.memories)[0];
  const [first, last] = [told.find(({ memories }) => memories > 0), told.findLast(({ memories }) => memories > 0)];
  const came = last?.topics.filter((topic) => !first?.topics.includes(topic)) ?? [];
  const went = first?.topics.filter((topic) => !last?.topics.includes(topic)) ?? [];
  return {
    type: 'results_synthesized' as const,
    parts: told,
    missing: found.flatMap(({ part, patterns }) => (patterns ? [] : [part])),
    insights: [
      `${told.reduce((sum, { memories }) => sum + memories, 0)} memories in ${told.length} months`,
      ...(most && most.memories > 0 ? [`most of them in ${most.part}: ${most.memories}`] : []),
      ...(first && last && first !== last && came.length > 0 ? [`new since ${first.part}: ${came.join(', ')}`] : []),
      ...(first && last && first !== last && went.length > 0
        ? [`not spoken of any more in ${last.part}: ${went.join(', ')}`]
        : []),
    ],
  };
}
