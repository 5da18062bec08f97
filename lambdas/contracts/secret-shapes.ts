/** What takes the place of a secret: it says what kind, and nothing of what it was. */
export const mark = (kind: string): string => `[redacted ${kind}]`;

/**
 * Texts that look like secrets, wherever they stand. Each pattern takes linear time: repetitions without a bound begin only
 * where none of their characters stands before. The first group, if there is one, stays.
 */
const PATTERNS: ReadonlyArray<readonly [kind: string, pattern: RegExp]> = [
  ['private key', /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/g],
  ['token', /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*){1,3}/g],
  ['key', /(?<![\w-])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])/g],
  ['key', /(?<![\w-])(?:gh[opsur]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_[A-Za-z0-9]{30,})/g],
  ['key', /(?<![\w-])(?:sk|pk|rk)[-_][A-Za-z0-9_-]{20,}/g],
  ['key', /(?<![\w-])(?:xox[abeoprs]-[A-Za-z0-9-]{10,}|AIza[\w-]{30,})/g],
  ['signature', /([?&](?:X-Amz-(?:Signature|Security-Token|Credential)|sig|signature|access_token)=)[^&\s"'<>]+/gi],
  ['password', /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']{0,128}:)[^\s/@"']{1,512}(?=@)/gi],
  ['credentials', /(\bauthorization["']?\s{0,4}[:=]\s{0,4}["']?(?:[a-z]{3,16} )?)[^\s"',;]{6,}/gi],
  ['credentials', /(\b(?:bearer|basic) )[A-Za-z0-9+/_.~=-]{8,}/gi],
  [
    'secret',
    /((?:password|passwd|passphrase|pwd|secret(?:[ _-]?access)?(?:[ _-]?key)?|api[ _-]?key|(?:access|refresh|session|security|auth|id|client|task)[ _-]?token|private[ _-]?key|client[ _-]?secret)["']?\s{0,4}[:=]\s{0,4}["']?)[^\s"',;&<>[\]{}]{4,}/gi,
  ],
];

/** A text without what looks like a secret. */
export function withoutSecretShapes(text: string): string {
  let said = text;
  for (const [kind, pattern] of PATTERNS)
    said = said.replace(pattern, (_, kept: unknown) => (typeof kept === 'string' ? kept : '') + mark(kind));
  return said;
}
