import type { StatusUpdate } from '../../contracts/messages.ts';
import { createRedactor } from '../../contracts/redact.ts';

const redactor = createRedactor();

/**
 * What agents say of failures goes into the journal, onto the bus, to people and into the audit: without passwords, keys
 * and tokens, whatever a library has put into its message.
 */
export function cleanUpdates(report: StatusUpdate): StatusUpdate {
  if (!report.updates.some(({ status }) => status === 'failed')) return report;
  const updates = report.updates.map((update) =>
    update.status === 'failed' ? { ...update, error: redactor.report(update.error) } : update,
  );
  return { ...report, updates };
}
