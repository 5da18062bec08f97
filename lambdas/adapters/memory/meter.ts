/** What AWS bills, in its own units. */
export const METERED = [
  'sqs',
  'dynamodb_write_units',
  'dynamodb_read_units',
  'events',
  'lambda',
  'step_functions',
  's3_put',
  's3_get',
  'secrets',
] as const;
export type Metered = (typeof METERED)[number];

/** Counts billed requests across all memory ports of one world. */
export interface Meter {
  /** Adds to what is counted. Callers that stand for Lambda itself count their invocations here too. */
  add(what: Metered, units: number): void;
  /** What was counted since the last reset. */
  read(): Readonly<Record<Metered, number>>;
  reset(): void;
}

export function createMeter(): Meter {
  const none = (): Record<Metered, number> => ({
    sqs: 0,
    dynamodb_write_units: 0,
    dynamodb_read_units: 0,
    events: 0,
    lambda: 0,
    step_functions: 0,
    s3_put: 0,
    s3_get: 0,
    secrets: 0,
  });
  let counted = none();
  return {
    add: (what, units) => {
      counted[what] += units;
    },
    read: () => ({ ...counted }),
    reset: () => {
      counted = none();
    },
  };
}

const CHUNK = 64 * 1024;
/** Requests that SQS or EventBridge bill for one call with this many bytes: one per 64 KiB begun. */
export const chunks = (bytes: number): number => Math.max(1, Math.ceil(bytes / CHUNK));
/** Write units of an item: one per KB begun. */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024));
/** Read units: one per 4 KB begun, half of that when the read may be a little late. */
export const readUnits = (bytes: number, consistent: boolean): number =>
  Math.max(1, Math.ceil(bytes / 4096)) * (consistent ? 1 : 0.5);
