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
  const full = people.filter((name) => plain(name).includes(' '));
  for (const name of people) {
    const words = plain(name);
    const same = people.filter((other) => other !== name && plain(other) === words);
    for (const alias of same)
      if (alias > name) aliases.push({ person: name, alias, why: 'written in two ways', confidence: 0.95 });
    if (words.includes(' ')) continue;
    const begins = full.filter((other) => plain(other).split(' ')[0] === words);
    const [only] = begins;
    if (begins.length === 1 && only)
      aliases.push({ person: only, alias: name, why: 'first name of one person only', confidence: 0.8 });
    const handles = begins.length > 0 ? [] : full.filter((other) => handlesOf(plain(other)).has(words));
    const [owner] = handles;
    if (handles.length === 1 && owner)
      aliases.push({ person: owner, alias: name, why: 'a handle made of the name', confidence: 0.7 });
  }
  for (const { person, text } of said)
    for (const [, called = ''] of text.matchAll(CALLED))
      if (called !== person && !aliases.some((known) => known.person === person && known.alias === called))
        aliases.push({ person, alias: called, why: `said so: "${text.slice(0, 80)}"`, confidence: 0.9 });
  return aliases;
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
