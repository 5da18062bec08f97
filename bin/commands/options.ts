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

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
