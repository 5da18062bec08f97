import { DateTime } from 'luxon';
import { lexer, type Token } from 'marked';
import type { RawMemory } from '../../messages.ts';
import type { ParsedExport, ReadingHints } from '../parsed-export.ts';

/** A day in a heading: `# 2026-05-03`, or `# Notes of 2026-05-03`. */
const DAY = /\b(\d{4}-\d{2}-\d{2})\b/u;

/**
 * Notes: a memory for each paragraph and list item, below the heading that it stands under. A heading with a day dates what
 * follows. Code and HTML are left out.
 */
export function parseMarkdown(text: string, conversation: string, hints: ReadingHints): ParsedExport {
  const memories: RawMemory[] = [];
  let [heading, day, place, left] = ['', Number.NaN, 0, 0];
  const add = (words: string): void => {
    const said = words.trim();
    if (said === '') return;
    const about = heading === '' || DAY.test(heading) ? said : `${heading}: ${said}`;
    const at = Number.isNaN(day) ? {} : { at: day + place };
    place += 1;
    memories.push({ text: about, conversation, ...at });
  };
  for (const token of lexer(text)) {
    if (token.type === 'heading') {
      heading = wordsOf(token);
      const [, named] = DAY.exec(heading) ?? [];
      const dated = named === undefined ? undefined : DateTime.fromISO(named, { zone: hints.timeZone });
      if (dated?.isValid) [day, place] = [dated.toMillis(), 0];
    } else if (token.type === 'list' && 'items' in token && Array.isArray(token.items)) {
      for (const item of token.items as readonly Token[]) add(wordsOf(item));
    } else if (token.type === 'paragraph' || token.type === 'text' || token.type === 'blockquote') add(wordsOf(token));
    else if (token.type !== 'space' && token.type !== 'hr') left += 1;
  }
  const notes = left > 0 ? [`${left} blocks of code, tables and HTML were left out`] : [];
  return { format: 'markdown', memories, refused: [], notes };
}

/** The words of a token, without its marks. */
function wordsOf(token: Token): string {
  if (token.type === 'html' || token.type === 'code' || token.type === 'image') return '';
  if ('tokens' in token && token.tokens !== undefined && token.tokens.length > 0)
    return token.tokens
      .map(wordsOf)
      .join(token.type === 'list_item' ? ' ' : '')
      .trim();
  return 'text' in token && typeof token.text === 'string' ? token.text : '';
}
