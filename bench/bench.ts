/** One bench: prints progress to standard error and answers its figures. */
export interface Bench {
  readonly run: (options: BenchOptions) => Promise<Record<string, unknown>>;
  /** Figures as a person reads them. */
  readonly table: (figures: Record<string, unknown>) => string;
}

export interface BenchOptions {
  readonly progress: (line: string) => void;
  /** A folder with what to measure, for benches that read one. */
  readonly dir?: string;
  /** A file with what to measure, likewise. */
  readonly data?: string;
  /** What all randomness comes from, for benches that have any; default: another one each time. */
  readonly seed?: number;
  /** How many, for benches that can do more or less. */
  readonly operations?: number;
  /** Files to learn from and to be examined on, and what is true of the latter where it does not say itself. */
  readonly train?: string;
  readonly test?: string;
  readonly rul?: string;
}
