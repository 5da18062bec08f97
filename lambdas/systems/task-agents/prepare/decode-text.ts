/** A text, or undefined when the bytes are none. */
export interface Decoded {
  readonly text: string;
  readonly encoding: string;
}

/** Text has hardly any of these; anything above this share is not text. */
const MOST_CONTROLS = 0.01;

/** Bytes as text: by their byte order mark, else UTF-8, else Windows-1252 where that gives nothing but printable characters. */
export function decodeText(bytes: Uint8Array): Decoded | undefined {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return decoded(bytes, 'utf-16le');
  if (first === 0xfe && second === 0xff) return decoded(bytes, 'utf-16be');
  if (first === 0xef && second === 0xbb && third === 0xbf) return decoded(bytes, 'utf-8');
  return decoded(bytes, 'utf-8') ?? decoded(bytes, 'windows-1252');
}

function decoded(bytes: Uint8Array, encoding: string): Decoded | undefined {
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
  const head = text.slice(0, 65_536);
  if (head.includes('\0') || controlsIn(head) > head.length * MOST_CONTROLS) return undefined;
  return { text, encoding };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are counted
const CONTROLS = /[\u0001-\u0008\u000b\u000e-\u001f\u007f-\u009f]/g;
const controlsIn = (text: string): number => text.match(CONTROLS)?.length ?? 0;

/**
 * As every agent takes a text: composed, lines ended by LF, without control and direction characters. Tabs stay wherever they
 * are, since the first and the last field of a row may be empty.
 */
export function cleanText(text: string): string {
  return trimmed(
    text
      .normalize('NFC')
      .replaceAll(/\r\n?/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are taken out
      .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]/g, '')
      // From where the spaces begin, and from nowhere else: a long run of them would be looked at once for each.
      .replaceAll(/(?<! ) +\n/g, '\n')
      .replaceAll(/\n{3,}/g, '\n\n'),
  );
}

function trimmed(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && isGap(text[from])) from += 1;
  while (to > from && isGap(text[to - 1])) to -= 1;
  return text.slice(from, to);
}

const isGap = (character: string | undefined): boolean => character !== '\t' && character?.trim() === '';
