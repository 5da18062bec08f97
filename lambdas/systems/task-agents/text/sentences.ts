/** A sentence and where it stands. */
export interface Sentence {
  readonly text: string;
  /** Place among the sentences, from 0. */
  readonly at: number;
  /** Of its first character in the whole text. */
  readonly from: number;
}

/** Shorter ones say nothing by themselves: numbers of pages, initials, bullets. */
const SHORTEST_CHARACTERS = 12;

/**
 * The sentences of a text, by Unicode's rules (UAX #29, as Node's ICU has them). A blank line ends a sentence as well, since
 * headings have no full stop. Fragments below 12 characters join the sentence before them, or after them where none is.
 */
export function sentencesOf(text: string, language = 'en'): Sentence[] {
  const segmenter = new Intl.Segmenter(language, { granularity: 'sentence' });
  const found: Array<{ text: string; from: number }> = [];
  for (const { paragraph, from } of paragraphsOf(text)) {
    let before = '';
    let hasBegun = false;
    // A line break alone ends no sentence, though Unicode says so; one space takes its place, so that positions hold.
    for (const { segment, index } of segmenter.segment(paragraph.replaceAll(/\s/g, ' '))) {
      const trimmed = `${before}${segment}`.replaceAll(/ +/g, ' ').trim();
      const last = found.at(-1);
      if (trimmed.length >= SHORTEST_CHARACTERS) {
        found.push({ text: trimmed, from: from + index - before.length });
        [before, hasBegun] = ['', true];
      } else if (hasBegun && last) last.text = `${last.text} ${trimmed}`.trim();
      // The number of an item belongs to what comes after it.
      else before += segment;
    }
    const rest = before.replaceAll(/ +/g, ' ').trim();
    if (rest !== '') found.push({ text: rest, from });
  }
  return found.map((sentence, at) => ({ ...sentence, at }));
}

/** A blank line; the beginning of an item of a list, a heading or a row of a table; the end of a heading. */
const PARAGRAPH_END = /(\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)]|#{1,6})\s)|\n(?=\s*\|)|(?<=(?:^|\n)#{1,6} [^\n]{0,300})\n)/;
/** Rows and rules of Markdown's tables. */
const TABLE_MARKS = /[|]|^[\s|:-]+$/g;

function paragraphsOf(text: string): Array<{ paragraph: string; from: number }> {
  const paragraphs: Array<{ paragraph: string; from: number }> = [];
  let from = 0;
  for (const part of withoutCode(text).split(PARAGRAPH_END)) {
    // What is taken out leaves its room, so that positions hold.
    const plain = part
      .replaceAll('**', '  ')
      .replaceAll(TABLE_MARKS, (marks) => ' '.repeat(marks.length))
      .replace(/^#{1,6} /, (marks) => ' '.repeat(marks.length));
    if (/[\p{L}\p{N}]/u.test(plain)) paragraphs.push({ paragraph: plain, from });
    from += part.length;
  }
  return paragraphs;
}

/** Code between fences of Markdown is not read aloud: spaces take its place. A fence that is never closed is none. */
function withoutCode(text: string): string {
  if (!text.includes('```') && !text.includes('~~~')) return text;
  const lines = text.split('\n');
  let open: { readonly fence: string; readonly from: number } | undefined;
  for (const [at, line] of lines.entries()) {
    const fence = /^(```|~~~)/.exec(line)?.[1];
    if (!open && fence !== undefined) open = { fence, from: at };
    else if (open && line.trimEnd() === open.fence) {
      for (let inside = open.from; inside <= at; inside += 1) lines[inside] = ' '.repeat(lines[inside]?.length ?? 0);
      open = undefined;
    }
  }
  return lines.join('\n');
}
