import { asPlain } from '../../lambdas/contracts/show.ts';

/** What every command that talks to a deployment knows. */
export interface GlobalOptions {
  readonly stage?: string;
  readonly debug?: boolean;
}

export interface JsonOption {
  readonly json?: boolean;
}

/** One JSON document on standard output, for scripts. */
export function printJson(value: unknown): void {
  const plain = (_: string, item: unknown) => (typeof item === 'bigint' ? Number(item) : item);
  process.stdout.write(`${JSON.stringify(value, plain, 2)}\n`);
}

/** What colours are made of, as bin/views/text.ts paints them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that stay
const COLOURS = /(\u001b\[(?:[12]|22|3[1-6]|39)m)/;

/** Names, reasons and results come from anybody: what they hold must not steer the terminal. */
export function print(text: string): void {
  const parts = text.split(COLOURS).map((part, index) => (index % 2 === 1 ? part : asPlain(part)));
  process.stdout.write(`${parts.join('')}\n`);
}
