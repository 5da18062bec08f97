import type { ExportFormat, RawMemory, Refusal } from '../messages.ts';

/** A file as its owner has handed it over. */
export interface ExportFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** How to read what the file leaves open. */
export interface ReadingHints {
  readonly format?: ExportFormat | undefined;
  /** IANA name, for times without a zone. */
  readonly timeZone: string;
  readonly dateOrder?: 'day_first' | 'month_first' | undefined;
}

/** What came out of a file. */
export interface ParsedExport {
  readonly format: ExportFormat;
  readonly memories: readonly RawMemory[];
  readonly refused: readonly Refusal[];
  readonly notes: readonly string[];
}
