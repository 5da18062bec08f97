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
const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';

/** @returns whether PostgreSQL, or the way to it, is down for now */
export function isUnreachable(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return (
    UNREACHABLE.has(code) ||
    code.startsWith('08') ||
    (thrown instanceof Error && /^Connection terminated|timeout expired|^timeout exceeded/.test(thrown.message))
  );
}

/** What a failure of PostgreSQL means, by its SQLSTATE. `what` is "source" or "target"; the URL is never repeated. */
export function postgresError(thrown: unknown, what: 'source' | 'target', at: SourceRow): MusterError {
  if (thrown instanceof MusterError) return thrown;
  const code = codeOf(thrown);
  const reason = thrown instanceof Error ? thrown.message.slice(0, 300) : String(thrown);
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
  if (
    code.startsWith('42') ||
    code.startsWith('22') ||
    code.startsWith('23') ||
    code === '25006' ||
    code.startsWith('0A')
  )
    return new DataError(`${what}_query_failed`, `${where}: ${reason}`, details);
  return new RecoverableError(`${what}_failed`, `${where}: ${reason}`, details, { cause: thrown });
}
