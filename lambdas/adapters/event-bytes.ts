/** The parts of an event that count. */
export interface EventSize {
  readonly Source?: string | undefined;
  readonly DetailType?: string | undefined;
  readonly Detail?: string | undefined;
}

/**
 * Bytes that EventBridge counts for an entry.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html
 */
export function eventBytes({ Source = '', DetailType = '', Detail = '' }: EventSize): number {
  return Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);
}
