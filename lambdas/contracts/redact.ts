import type { ErrorReport } from './errors.ts';
import type { Json } from './json.ts';
import { mark, withoutSecretShapes } from './secret-shapes.ts';

/** Fields whose value is a secret, whatever it looks like. Counts such as `tokens_used` are none. */
const SECRET_FIELD =
  /^(?:.{0,64}[_-])?(?:password|passwd|passphrase|pwd|secret|secret_?(?:access_?)?key|api_?key|(?:access|refresh|session|security|auth|id|task|bearer)_?token|private_?key|client_?secret|authorization|cookie|set-cookie|x-api-key)$/i;

/** Lines of stack traces, and where our code lies in a Lambda or on somebody's machine. */
const STACK_LINE = /^[ \t]*at .{0,1000}$\n?/gm;
const PLACE =
  /(?:file:\/\/)?(?:\/var\/task|\/opt\/nodejs|\/home\/[\w.-]{1,64}|\/Users\/[\w.-]{1,64}|\/tmp)\/[^\s:)"']{1,300}(?::\d+){0,2}|\bnode:internal\/[\w/.:-]{1,200}/g;

export interface RedactorOptions {
  /** Secrets that are known: whatever holds one of them, plainly or encoded, is taken out. */
  readonly known?: readonly string[];
}

export interface Redactor {
  text(text: string): string;
  /** The same document without secrets; names of fields as well. */
  json(value: Json): Json;
  /** What may be told outside of a failure: no secrets, no stack trace, no places in our code. */
  report(report: ErrorReport): ErrorReport;
}

/** Takes secrets out of what leaves the platform. Doing it twice changes nothing more. */
export function createRedactor({ known = [] }: RedactorOptions = {}): Redactor {
  const spelled = [...new Set(known.filter((secret) => secret.length >= 6).flatMap(spellings))].sort(
    (one, other) => other.length - one.length,
  );
  const text = (given: string): string => {
    let said = given;
    for (const secret of spelled) if (said.includes(secret)) said = said.replaceAll(secret, mark('secret'));
    return withoutSecretShapes(said);
  };
  const json = (value: Json): Json => redacted(value, text);
  return {
    text,
    json,
    report: ({ code, class: kind, message, details }) => ({
      code: text(code),
      class: kind,
      message: text(withoutStack(message)).slice(0, 2_000),
      ...(details && {
        details: Object.fromEntries(Object.entries(details).map(([name, one]) => field(name, one, text))),
      }),
    }),
  };
}

/** A message without stack traces and paths of our own. */
export const withoutStack = (message: string): string =>
  message.replaceAll(STACK_LINE, '').replaceAll(PLACE, '[code]').trimEnd();

type OfText = (text: string) => string;

function redacted(value: Json, text: OfText): Json {
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => redacted(one, text));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => field(name, one, text)));
}

function field(name: string, value: Json, text: OfText): [string, Json] {
  const isSecret = SECRET_FIELD.test(name) && (typeof value === 'string' || typeof value === 'number');
  return [text(name), isSecret ? mark('secret') : redacted(value, text)];
}

/** How a secret may be written: as it is, in JSON, in a URL, in base64 and in hexadecimal digits. */
function spellings(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  const base64 = btoa(String.fromCharCode(...bytes)).replace(/=+$/, '');
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const url = base64.replaceAll('+', '-').replaceAll('/', '_');
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64, url, hex, hex.toUpperCase()];
}
