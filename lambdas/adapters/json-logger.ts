import { MusterError } from '../contracts/errors.ts';
import { withoutSecretShapes } from '../contracts/secret-shapes.ts';
import type { Clock, Logger } from '../runtime/ports.ts';
import { systemClock } from './system.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LEVELS)[number];

/** Reads a level as people write it in an environment variable; anything else is `info`. */
export function logLevelOf(text: string | undefined): LogLevel {
  const level = text?.toLowerCase();
  return LEVELS.find((known) => known === (level === 'warning' ? 'warn' : level)) ?? 'info';
}

export interface JsonLoggerOptions {
  readonly level: LogLevel;
  /** Fields of every line, such as the Lambda's name. */
  readonly fields?: Record<string, unknown>;
  readonly clock?: Clock;
  /** Takes one line with its newline; default: standard output. */
  readonly write?: (line: string) => void;
}

/**
 * A logger that writes one JSON object per line at or above its level, and never a secret: strings under keys that
 * look secret are blanked, and so are credentials in URLs and connection strings. Stacks are shown at `debug` only.
 */
export function jsonLogger(options: JsonLoggerOptions): Logger {
  const { level, fields: always = {}, clock = systemClock } = options;
  const write = options.write ?? ((line: string) => void process.stdout.write(line));
  const threshold = LEVELS.indexOf(level);
  const log =
    (at: LogLevel) =>
    (message: string, fields: Record<string, unknown> = {}): void => {
      if (LEVELS.indexOf(at) < threshold) return;
      const line = { level: at, timestamp: new Date(clock.now()).toISOString(), message, ...always, ...fields };
      write(`${JSON.stringify(clean(line, { stacks: level === 'debug', secret: false, depth: 0 }))}\n`);
    };
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

const SECRET_KEY = /pass(word|wd|phrase)?$|secret|token|authorization|credential|api[-_]?key|private[-_]?key|cookie/i;
const BLANK = '[redacted]';
const DEEPEST = 8;
const LONGEST = 8_192;
/** Secrets inside texts, with what replaces them. */
const IN_TEXT: ReadonlyArray<readonly [RegExp, string]> = [
  [/\b(password|passwd|pwd|secret|token)=(?:'[^']*'|[^\s;&]+)/gi, `$1=${BLANK}`],
  [/"(\w*(?:password|secret|token|authorization))"\s*:\s*"[^"]*"/gi, `"$1":"${BLANK}"`],
];

function cleanText(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
  return withoutSecretShapes(
    IN_TEXT.reduce((cleaned, [pattern, replacement]) => cleaned.replace(pattern, replacement), cut),
  );
}

interface Place {
  readonly stacks: boolean;
  readonly secret: boolean;
  readonly depth: number;
}

function clean(value: unknown, place: Place): unknown {
  if (typeof value === 'string') return place.secret ? BLANK : cleanText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (place.depth >= DEEPEST) return '[deeper]';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  const inside = { ...place, depth: place.depth + 1 };
  if (Array.isArray(value)) return value.map((item) => clean(item, inside));
  if (value instanceof Set) return [...value].map((item) => clean(item, inside));
  const entries = value instanceof Error ? describeError(value, place.stacks) : entriesOf(value);
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, clean(inner, { ...inside, secret: place.secret || SECRET_KEY.test(key) })]),
  );
}

function entriesOf(value: object): Array<[string, unknown]> {
  return value instanceof Map ? [...value].map(([key, inner]) => [String(key), inner]) : Object.entries(value);
}

function describeError(error: Error, stacks: boolean): Array<[string, unknown]> {
  const known = error instanceof MusterError ? { code: error.code, class: error.class, details: error.details } : {};
  const { name, message, cause, stack } = error;
  return Object.entries({ name, message, ...known, cause, ...(stacks && { stack }) });
}
