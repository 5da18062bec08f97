import { Parser } from 'htmlparser2';

/** What a reader does not read. */
const SKIPPED = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'svg',
  'head',
  'nav',
  'footer',
  'iframe',
  'form',
  'button',
]);
/** What begins a new paragraph. */
const BLOCKS = new Set(
  'address article aside blockquote body dd div dl dt fieldset figcaption figure h1 h2 h3 h4 h5 h6 header hr li main ol p pre section table td th tr ul'.split(
    ' ',
  ),
);

/** The text of a page as a person reads it, and its title. */
export function htmlText(html: string): { readonly text: string; readonly title: string | undefined } {
  const parts: string[] = [];
  let title = '';
  let inTitle = false;
  let skipped = 0;
  const parser = new Parser({
    onopentagname(name) {
      if (name === 'title') inTitle = true;
      else if (SKIPPED.has(name)) skipped += 1;
      else if (name === 'br') parts.push('\n');
      else if (BLOCKS.has(name)) parts.push('\n\n');
    },
    ontext(text) {
      if (inTitle) title += text;
      else if (skipped === 0) parts.push(text.replaceAll(/\s+/g, ' '));
    },
    onclosetag(name) {
      if (name === 'title') inTitle = false;
      else if (SKIPPED.has(name)) skipped = Math.max(0, skipped - 1);
      else if (BLOCKS.has(name)) parts.push('\n\n');
    },
  });
  parser.write(html);
  parser.end();
  const text = parts
    .join('')
    .replaceAll(/(?<! ) *\n */g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
  return { text, title: title.trim() || undefined };
}
