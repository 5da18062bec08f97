/**
 * Thrown for a task of which nothing can be told yet: its message goes back to the inbox, without a report.
 * @param seconds that it stays hidden; undefined: as long as a message that failed
 */
export class ComeBack extends Error {
  override readonly name = 'ComeBack';
  readonly seconds: number | undefined;

  constructor(reason: string, seconds?: number, options?: { cause?: unknown }) {
    super(reason, options);
    this.seconds = seconds;
  }
}
