import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];
const painter =
  (format: Format) =>
  (text: string): string =>
    process.stdout.isTTY && !process.env.NO_COLOR ? styleText(format, text, { validateStream: false }) : text;

/** Colours, where the output is a terminal that wants them. */
export const paint = {
  green: painter('green'),
  red: painter('red'),
  yellow: painter('yellow'),
  cyan: painter('cyan'),
  bold: painter('bold'),
  dim: painter('dim'),
};

/** What one may do now: the first command is the most likely. */
export function nextText(commands: readonly string[]): string {
  return commands.map((command, at) => paint.dim(`${at === 0 ? 'next' : '  or'}: npx ${command}`)).join('\n');
}

/** `950 ms` → `0.9 s`, `75000 ms` → `1 m 15 s`. */
export function seconds(ms: number): string {
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const whole = Math.round(ms / 1_000);
  return `${Math.floor(whole / 60)} m ${whole % 60} s`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the escape sequences that colours are made of
const ESCAPES = /\x1b\[[0-9;]*m/g;
const widthOf = (text: string) => text.replaceAll(ESCAPES, '').length;

/** Columns aligned by width; columns whose cells are all numbers go to the right. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const widths = head.map((title, column) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  const numeric = head.map(
    (_, column) =>
      rows.length > 0 && rows.every((row) => /^[-+]?[\d,. ]*%?$/.test((row[column] ?? '').replaceAll(ESCAPES, ''))),
  );
  const line = (cells: readonly string[]) =>
    head
      .map((_, column) => {
        const cell = cells[column] ?? '';
        const gap = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
        return numeric[column] ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd();
  return [paint.dim(line(head)), ...rows.map(line)].join('\n');
}

/** 14476934 → "14,476,934". */
export function grouped(value: number | bigint): string {
  return value.toLocaleString('en-US');
}

/** A time of day, or the date too when it is not today's. */
export function timeOf(ms: number, now: number): string {
  const iso = new Date(ms).toISOString();
  return iso.slice(0, 10) === new Date(now).toISOString().slice(0, 10)
    ? iso.slice(11, 19)
    : iso.slice(0, 19).replace('T', ' ');
}

/** {@link timeOf} for a time to come: with the day when it is not today, and UTC said. */
export function clockTime(ms: number, now: number): string {
  return `${timeOf(ms, now)} UTC`;
}
