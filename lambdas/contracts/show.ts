/*
 * Control characters other than tab and line feed can move a cursor, retitle a window or hide a line of a log; marks of
 * writing direction show a text in another order than it has (CVE-2021-42574).
 */
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** For a terminal or a log: what can't be seen is spelled out, such as `\u001b`. */
export const asPlain = (text: string): string =>
  text.replaceAll(UNPRINTABLE, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
