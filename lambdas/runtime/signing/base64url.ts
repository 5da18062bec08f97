const ALPHABET = /^[A-Za-z0-9_-]*$/;

export const encoded = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');

/**
 * Strictly: Node overlooks what does not belong, padding and left-over bits, so that several texts would be one signature.
 * Undefined when the text is not the one way to write its bytes.
 */
export function decoded(text: string): Buffer | undefined {
  if (!ALPHABET.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
