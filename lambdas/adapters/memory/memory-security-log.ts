import type { SecurityEvent, SecurityLog } from '../../contracts/security-events.ts';

/** Keeps what was noted, for tests to look at. */
export function memorySecurityLog(): SecurityLog & { readonly events: readonly SecurityEvent[] } {
  const events: SecurityEvent[] = [];
  return { events, note: (event) => void events.push(event), flush: async () => {} };
}
