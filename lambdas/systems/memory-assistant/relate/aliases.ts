/** Names that seem to be one person's, and why. */
export interface Alias {
  readonly person: string;
  readonly alias: string;
  readonly why: string;
  readonly confidence: number;
}

/** "everyone calls me Ada", "my friends call me Addie". */
const CALLED =
  /\b(?:calls? me|called me|known as|go by|nennt mich|nennen mich|me llaman|m['’]appelle[nt]*)\s+["'“]?(\p{Lu}[\p{L}'’-]+)/gu;

const plain = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} ]/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .trim();

/**
 * Who is the same person: one name written in two ways; a first name that only one full name begins with; a handle made of a
 * name; what somebody says of themselves. Where a name would fit two people, it is nobody's alias.
 * @param said what people said, with their names as they are in exports
 */
export function aliasesIn(people: readonly string[], said: ReadonlyArray<{ person: string; text: string }>): Alias[] {
  const aliases: Alias[] = [];
  const names = people.map((name) => ({ name, words: plain(name) }));
  const full = names.filter(({ words }) => words.includes(' '));
  const written = grouped(names, ({ words }) => [words]);
  const begun = grouped(full, ({ words }) => words.split(' ').slice(0, 1));
  const handled = grouped(full, ({ words }) => [...handlesOf(words)]);
  for (const { name, words } of names) {
    for (const alias of written.get(words) ?? [])
      if (alias > name) aliases.push({ person: name, alias, why: 'written in two ways', confidence: 0.95 });
    if (words.includes(' ')) continue;
    const begins = begun.get(words) ?? [];
    const [only] = begins;
    if (begins.length === 1 && only)
      aliases.push({ person: only, alias: name, why: 'first name of one person only', confidence: 0.8 });
    const handles = begins.length > 0 ? [] : (handled.get(words) ?? []);
    const [owner] = handles;
    if (handles.length === 1 && owner)
      aliases.push({ person: owner, alias: name, why: 'a handle made of the name', confidence: 0.7 });
  }
  const known = new Set(aliases.map(({ person, alias }) => JSON.stringify([person, alias])));
  for (const { person, text } of said)
    for (const [, called = ''] of text.matchAll(CALLED)) {
      const key = JSON.stringify([person, called]);
      // Whoever takes the name of somebody else who speaks does not become them.
      const isOthers = [...(written.get(plain(called)) ?? []), ...(begun.get(plain(called)) ?? [])].some(
        (other) => other !== person,
      );
      if (called === person || isOthers || known.has(key)) continue;
      known.add(key);
      aliases.push({ person, alias: called, why: `said so: "${text.slice(0, 80)}"`, confidence: 0.9 });
    }
  return aliases;
}

function grouped<T extends { name: string }>(all: readonly T[], keysOf: (one: T) => string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const one of all)
    for (const key of keysOf(one)) {
      const names = groups.get(key) ?? [];
      groups.set(key, names);
      names.push(one.name);
    }
  return groups;
}

/** "ada lovelace": adal, alovelace, adalovelace. */
function handlesOf(name: string): Set<string> {
  const words = name.split(' ');
  const [first = '', last = ''] = [words[0], words.at(-1)];
  return new Set([
    first + last,
    first + last.slice(0, 1),
    first.slice(0, 1) + last,
    last + first,
    last + first.slice(0, 1),
  ]);
}

/** Who stands for a name: the person that it leads to, over any number of aliases. */
export function resolver(aliases: readonly Alias[], least = 0.7): (name: string) => string {
  const leads = new Map<string, string>();
  for (const { person, alias, confidence } of aliases)
    if (confidence >= least && !leads.has(alias)) leads.set(alias, person);
  return (name) => {
    const seen = new Set<string>();
    let at = name;
    for (let next = leads.get(at); next !== undefined && !seen.has(at); next = leads.get(at)) {
      seen.add(at);
      at = next;
    }
    return at;
  };
}
