/** One command of a guide and what it shows of the answer. */
export interface Step {
  readonly command: string;
  readonly exitCode: number;
  readonly shown: readonly string[];
}

const EXITS = /\s+# exits with (\d+)$/;

/** The commands of all ```console blocks of a guide, in order. A line that ends in `\` goes on in the next. */
export function stepsOf(markdown: string): Step[] {
  const blocks = [...markdown.matchAll(/^```console\n(.*?)^```$/gms)].map(([, text = '']) => text);
  return blocks.flatMap((text) => {
    const steps: Array<{ command: string; exitCode: number; shown: string[] }> = [];
    for (const line of text
      .replaceAll(/\\\n\s*/g, '')
      .trimEnd()
      .split('\n')) {
      const last = steps.at(-1);
      if (line.startsWith('$ ')) {
        const exitCode = Number(EXITS.exec(line)?.[1] ?? 0);
        steps.push({ command: line.slice(2).replace(EXITS, ''), exitCode, shown: [] });
      } else if (last) {
        last.shown.push(line);
      } else {
        throw new Error(`a console block begins with "${line}", which is no command`);
      }
    }
    return steps;
  });
}

/** A command's words, as a shell would hand them over: quotes hold together what has blanks. */
export function wordsOf(command: string): string[] {
  const words = command.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  return words.map((word) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, one, other) => one ?? other));
}

/** What differs each time. `bound`: what the guide calls by this name has one name in each session. */
const VOLATILE: ReadonlyArray<{ readonly find: RegExp; readonly pattern: string; readonly bound?: string }> = [
  { find: /run_[0-9a-f]{8}/, pattern: 'run_[0-9a-f]{8}', bound: '' },
  { find: /(?<=^|--cause |cause )[0-9a-f]{8}(?=\b)/, pattern: '[0-9a-f]{8}', bound: 'cause ' },
  { find: /(?<=--at |entry )\d+/, pattern: '\\d+', bound: 'entry ' },
  { find: /^\d+(?= \d\d:\d\d:\d\d )/, pattern: '\\d+', bound: 'entry ' },
  { find: /(?<=entry \d+ of )\d+/, pattern: '\\d+' },
  { find: /(?<=run_[0-9a-f]{8})[0-9a-f]+/, pattern: '[0-9a-f]+' },
  { find: /\b[0-9a-f]{64}\b/, pattern: '[0-9a-f]{64}' },
  { find: /\d{4}-\d\d-\d\dT[\d:.]+Z/, pattern: '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z' },
  { find: /\b\d\d:\d\d:\d\d\b/, pattern: '\\d\\d:\\d\\d:\\d\\d' },
  { find: /\b(?:\d+ m \d+|\d+\.\d) s\b/, pattern: '(?:\\d+ m \\d+|\\d+\\.\\d) s' },
  { find: /…/, pattern: '.*' },
];
const ANY = new RegExp(VOLATILE.map(({ find }) => `(${find.source})`).join('|'), 'g');

/** Runs' ids, causes and entry numbers of the guide, as they are called in this session. */
export class Names {
  readonly #names = new Map<string, string>();

  /** The guide's command with the names of this session. @throws when the guide has never shown where one comes from */
  inCommand(command: string): string {
    return this.#replace(command, ({ bound }, text) => {
      if (bound === undefined) return text;
      const name = this.#names.get(bound + text);
      if (name === undefined) throw new Error(`no output before has shown ${text}: ${command}`);
      return name;
    });
  }

  /** Is this the line, but for what differs each time? Remembers what the names stand for if it is. */
  match(shown: string, line: string): boolean {
    const keys: string[] = [];
    const pattern = this.#replace(
      shown,
      ({ bound, pattern: any }, text) => {
        if (bound === undefined) return any;
        keys.push(bound + text);
        return `(${any})`;
      },
      escaped,
    );
    const [, ...found] = new RegExp(`^${pattern}$`).exec(line) ?? [];
    if (!new RegExp(`^${pattern}$`).test(line)) return false;
    if (keys.some((key, at) => (this.#names.get(key) ?? found[at]) !== found[at])) return false;
    for (const [at, key] of keys.entries()) this.#names.set(key, found[at] ?? '');
    return true;
  }

  #replace(
    text: string,
    instead: (kind: (typeof VOLATILE)[number], text: string) => string,
    rest: (text: string) => string = (same) => same,
  ): string {
    let done = 0;
    let out = '';
    for (const match of text.matchAll(ANY)) {
      const kind = VOLATILE[match.slice(1).findIndex((group) => group !== undefined)];
      if (!kind) continue;
      out += rest(text.slice(done, match.index)) + instead(kind, match[0]);
      done = match.index + match[0].length;
    }
    return out + rest(text.slice(done));
  }
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** Columns move with what stands in them. */
const plain = (line: string): string => line.trim().replaceAll(/\s+/g, ' ');

/**
 * What the guide shows and the output has not: the first such line, or what comes too much. A line `…` stands for any
 * number of lines; undefined: all as shown.
 */
export function differenceOf(shown: readonly string[], output: string, names: Names): string | undefined {
  const lines = output
    .split('\n')
    .map(plain)
    .filter((line) => line !== '');
  let at = 0;
  let gap = false;
  for (const expected of shown.map(plain).filter((line) => line !== '')) {
    if (expected === '…') {
      gap = true;
      continue;
    }
    const from = at;
    while (gap && at < lines.length && !names.match(expected, lines[at] ?? '')) at += 1;
    if (at >= lines.length || (!gap && !names.match(expected, lines[at] ?? '')))
      return `the guide shows\n  ${expected}\nand the output has\n  ${lines[from] ?? 'nothing more'}`;
    at += 1;
    gap = false;
  }
  return gap || at === lines.length ? undefined : `the guide does not show\n  ${lines[at]}`;
}
