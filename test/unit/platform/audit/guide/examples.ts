import type { AuditLog } from '../../../../../lambdas/runtime/audit-log.ts';

/* The TypeScript of docs/guides/audit.md, word for word: here the compiler sees it, and guide.test.ts runs it. */

export async function refuse(log: AuditLog, at: number): Promise<void> {
  log.note({ kind: 'request_refused', at, reason: 'the body is no JSON', code: 'body_malformed', source: '192.0.2.7' });
  await log.flush();
}
