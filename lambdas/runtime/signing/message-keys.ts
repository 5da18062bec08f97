import type { PublishedKey } from '../../contracts/signature.ts';

/** The registry of keys: everybody reads it, and a sender writes under its own name only. */
export interface MessageKeys {
  /** Written once; the same again is harmless. */
  publish(key: PublishedKey): Promise<void>;
  /** As it is now, not as it was a moment ago. */
  find(sender: string, kid: string): Promise<PublishedKey | undefined>;
}
