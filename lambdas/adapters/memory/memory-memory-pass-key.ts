import type { MemoryPassKey } from '../../runtime/memory/memory-pass.ts';

/** The same each time, so that what is played again comes out the same. */
export function memoryMemoryPassKey(): MemoryPassKey {
  const secret = new Uint8Array(32).fill(7);
  let made = false;
  return {
    find: async () => (made ? secret : undefined),
    make: async () => {
      made = true;
      return secret;
    },
  };
}
