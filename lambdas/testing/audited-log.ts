import type { SecurityLog } from '../contracts/security-events.ts';

/** Tells the audit, and remembers it for tests to look at. */
export function auditedLog(remembered: SecurityLog, told: SecurityLog): SecurityLog {
  return {
    note(event) {
      remembered.note(event);
      told.note(event);
    },
    flush: () => told.flush(),
  };
}
