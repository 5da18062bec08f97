import * as z from 'zod';
import {
  DataError,
  MusterError,
  NonRecoverableError,
  RecoverableError,
  SystemError,
} from '../../../contracts/errors.ts';

/** Where in a source something went wrong; travels in the error's details. */
export type SourceRow = Readonly<{ source: string; row: number }>;

/** Failures of the network and of a server that is stopping, starting or full: worth waiting for. */
const UNREACHABLE = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['57P01', '57P02', '57P03', '53300'],
]);
const Failure = z
  .object({ code: z.string().catch(''), message: z.string().catch('') })
  .catch({ code: '', message: '' });

/** @returns whether PostgreSQL, or the way to it, is down for now */
export function isUnreachable(thrown: unknown): boolean {
  const { code, message } = Failure.parse(thrown);
  return UNREACHABLE.has(code) || code.startsWith('08') || /^Connection terminated|^timeout expired/.test(message);
}

/** What a failure of PostgreSQL means, by its SQLSTATE. `what` is "source" or "target"; the URL is never repeated. */
export function postgresError(thrown: unknown, what: 'source' | 'target', at: SourceRow): MusterError {
  if (thrown instanceof MusterError) return thrown;
  const { code, message } = Failure.parse(thrown);
  const reason = (message || String(thrown)).slice(0, 300);
  const details = { ...at, ...(code !== '' && { sqlstate: code }) };
  const where = `${what} "${at.source}" (PostgreSQL), row ${at.row}`;
  if (isUnreachable(thrown))
    return new SystemError(
      `${what}_unreachable`,
      `${where}: the database went away or does not answer (${code || reason}); the work starts anew when it is back`,
      details,
      { cause: thrown },
    );
  if (code === '57014')
    return new RecoverableError(`${what}_timeout`, `${where}: a statement took too long and was cancelled`, details, {
      cause: thrown,
    });
  if (code.startsWith('28') || code === '3D000' || code === '42501')
    return new NonRecoverableError(
      `${what}_denied`,
      `${where}: ${reason}; check the secret's user, password, database and rights`,
      details,
    );
  if (/^(0A|22|23|2B|3F|42)/.test(code) || code === '25006')
    return new DataError(`${what}_query_failed`, `${where}: ${reason}`, details);
  return new RecoverableError(`${what}_failed`, `${where}: ${reason}`, details, { cause: thrown });
}
