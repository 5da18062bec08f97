import { createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { postgresBatches } from '../../../../lambdas/systems/etl/extract/postgres-source.ts';
import { postgresError } from '../../../../lambdas/systems/etl/extract/source-errors.ts';

const at = { source: 'flights', row: 4_096 };
const failure = (code: string, message = 'no') => Object.assign(new Error(message), { code });

async function readFrom(port: number): Promise<void> {
  const url = `postgresql://someone:hunter2@127.0.0.1:${port}/db`;
  const source = { kind: 'postgres', secret: 'etl-source-database', table: 'flights' } as const;
  for await (const _ of postgresBatches('flights', source, async () => url, new AbortController().signal));
}

describe('failures of PostgreSQL', () => {
  test.each([
    ['ECONNREFUSED', 'source_unreachable', 'system'],
    ['57P01', 'source_unreachable', 'system'],
    ['57P03', 'source_unreachable', 'system'],
    ['53300', 'source_unreachable', 'system'],
    ['08006', 'source_unreachable', 'system'],
    ['57014', 'source_timeout', 'recoverable'],
    ['28P01', 'source_denied', 'non_recoverable'],
    ['42501', 'source_denied', 'non_recoverable'],
    ['42P01', 'source_query_failed', 'data'],
    ['2BP01', 'source_query_failed', 'data'],
    ['25006', 'source_query_failed', 'data'],
    ['XX000', 'source_failed', 'recoverable'],
  ])('%s is %s, class %s, and says where', (sqlstate, code, errorClass) => {
    const error = postgresError(failure(sqlstate), 'source', at);
    expect(error).toMatchObject({ code, class: errorClass, details: { ...at, sqlstate } });
    expect(error.message).toContain('"flights" (PostgreSQL), row 4096');
  });

  test('a connection that ends without a word is the database gone', () => {
    const error = postgresError(new Error('Connection terminated unexpectedly'), 'target', at);
    expect(error).toMatchObject({ code: 'target_unreachable', class: 'system' });
  });

  test('a server that hangs up at once is unreachable, and the password stays out of the error', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const failed = await readFrom(port).catch((error: unknown) => error);
    server.close();
    expect(failed).toMatchObject({ code: 'source_unreachable', class: 'system' });
    expect(JSON.stringify(failed) + String(failed)).not.toContain('hunter2');
    await expect(readFrom(port)).rejects.toMatchObject({ code: 'source_unreachable', class: 'system' });
  });

  test('a secret that holds no URL is said so, without its value', async () => {
    const source = { kind: 'postgres', secret: 'etl-source-database', table: 'flights' } as const;
    const batches = postgresBatches('flights', source, async () => 'hunter2', new AbortController().signal);
    const failed = await batches.next().catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'secret_malformed', class: 'non_recoverable' });
    expect(String(failed)).not.toContain('hunter2');
  });
});
