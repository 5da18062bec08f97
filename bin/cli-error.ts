/** A failure the user can do something about: printed without a stack trace, with what to do next. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly next: string | undefined;
  constructor(message: string, next?: string, options?: { cause?: unknown }) {
    super(message, options);
    this.next = next;
  }
}

/** The user has ended a command before it was done; everything it had started is stopped. */
export class Interrupted extends CliError {
  constructor() {
    super('stopped before the local cloud was up');
  }
}

/** What the terminal shows for anything thrown. */
export function explain(thrown: unknown, debug: boolean): string {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const lines = [`error: ${error.message || error.name}`];
  if (error instanceof CliError && error.next) lines.push(`  → ${error.next}`);
  if (debug) lines.push(error.stack ?? '', ...(error.cause ? [`caused by: ${String(error.cause)}`] : []));
  else if (!(error instanceof CliError)) lines.push('  → run it again with --debug to see where this comes from');
  return lines.join('\n');
}
