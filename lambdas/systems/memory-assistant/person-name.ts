/**
 * A person by a name that means the same everywhere: Unicode NFC, one blank between words, without the signs that
 * messengers put around names ("~ Ada", "@ada", directional marks).
 */
export function personOf(name: string): string {
  const plain = name
    .normalize('NFC')
    .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .replace(/^[~@]\s*/u, '');
  return plain.slice(0, 128);
}
