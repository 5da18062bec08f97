import type { Rights } from './rights.ts';

/** Who needs what, in lines that may hold several actions and several things: see {@link expand}. */
export type Needs = Readonly<Record<string, readonly string[]>>;

/** All needs of several tables: who is in more than one needs all of it. */
export function together(...tables: readonly Needs[]): Needs {
  const all: Record<string, string[]> = {};
  for (const table of tables)
    for (const [who, lines] of Object.entries(table)) all[who] = [...(all[who] ?? []), ...lines];
  return all;
}

/** `dynamodb:GetItem PutItem on StoresState, StoresRegistry when …` says four lines: each action on each thing. */
export function expand(line: string): string[] {
  const [, before = '', service, actions = '', rest = ''] =
    /^(.*?)([a-z0-9-]+):([A-Za-z*]+(?: [A-Za-z*]+)*) on (.*)$/s.exec(line) ?? [];
  if (service === undefined) return [line];
  const [things = '', condition] = rest.split(' when ');
  const when = condition === undefined ? '' : ` when ${condition}`;
  return actions
    .split(' ')
    .flatMap((action) => things.split(', ').map((thing) => `${before}${service}:${action} on ${thing}${when}`));
}

/** Thousands of templates are held against the same needs. */
const expanded = new WeakMap<readonly string[], ReadonlySet<string>>();
const NONE: readonly string[] = [];

function allOf(lines: readonly string[]): ReadonlySet<string> {
  const known = expanded.get(lines) ?? new Set(lines.flatMap(expand));
  expanded.set(lines, known);
  return known;
}

/** Every line in which what is given differs from what is needed, both ways. None: they are equal. */
export function differences(given: Rights, needs: Needs): string[] {
  const all = new Set([...given.keys(), ...Object.keys(needs)]);
  return [...all].sort().flatMap((who) => {
    const has = given.get(who) ?? new Set<string>();
    const needed = allOf(needs[who] ?? NONE);
    return [
      ...[...has].filter((line) => !needed.has(line)).map((line) => `too much: ${who}: ${line}`),
      ...[...needed].filter((line) => !has.has(line)).map((line) => `missing: ${who}: ${line}`),
    ];
  });
}
