import type { KeyRing, PublishedKeys } from '../../access/key-ring.ts';
import type { KeyPublication, SigningKeys } from '../../access/ports.ts';

/** The keys of an embedded issuer in memory, both halves. */
export function memoryTokenKeys(): { readonly signingKeys: SigningKeys; readonly publication: KeyPublication } {
  let ring: KeyRing | undefined;
  let published: PublishedKeys | undefined;
  return {
    signingKeys: {
      read: async () => structuredClone(ring),
      write: async (next) => {
        ring = structuredClone(next);
      },
    },
    publication: {
      read: async () => structuredClone(published),
      write: async (next) => {
        if (next.version !== (published?.version ?? 0) + 1) return false;
        published = structuredClone(next);
        return true;
      },
    },
  };
}
