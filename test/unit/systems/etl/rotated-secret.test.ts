import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { openPostgres } from '../../../../lambdas/systems/etl/postgres-session.ts';

/** A message of PostgreSQL's protocol: a letter, the length, the content. */
function message(type: string, ...parts: Array<string | number>): Buffer {
  const content = Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(`${part}\0`);
      const four = Buffer.alloc(4);
      four.writeInt32BE(part);
      return four;
    }),
  );
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

let server: Server | undefined;
afterEach(() => void server?.close());

/** Takes one password, asked for in the clear, and refuses all others as PostgreSQL does; nothing else. */
async function database(password: string): Promise<{ readonly tried: string[]; url(password: string): string }> {
  const tried: string[] = [];
  const talk = (socket: Socket): void => {
    let isKnown = false;
    socket.on('error', () => {});
    socket.on('data', (data) => {
      if (!isKnown) {
        isKnown = true;
        socket.write(message('R', 3));
        return;
      }
      if (data.toString('latin1', 0, 1) !== 'p') return;
      const said = data.toString('utf8', 5, data.length - 1);
      tried.push(said);
      if (said === password) socket.write(Buffer.concat([message('R', 0), Buffer.from('Z\0\0\0\x05I', 'latin1')]));
      else socket.end(message('E', 'SFATAL', 'VFATAL', 'C28P01', 'Mpassword authentication failed', ''));
    });
  };
  const started = createServer(talk);
  server = started;
  await new Promise<void>((resolve) => void started.listen(0, '127.0.0.1', resolve));
  const address = started.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { tried, url: (word) => `postgresql://muster:${word}@127.0.0.1:${port}/db` };
}

const { signal } = new AbortController();

describe('a password that was rotated', () => {
  test('is read anew when the database refuses the one that is kept, and the work goes on', async () => {
    const { tried, url } = await database('new');
    const session = await openPostgres(async ({ fresh }) => url(fresh ? 'new' : 'old'), 'flights', signal);
    await session.close();
    expect(tried).toEqual(['old', 'new']);
  });

  test('is tried once: one that is wrong is refused for good', async () => {
    const { tried, url } = await database('new');
    const asked: boolean[] = [];
    const wrong = async ({ fresh }: { readonly fresh: boolean }): Promise<string> => {
      asked.push(fresh);
      return url('old');
    };
    await expect(openPostgres(wrong, 'flights', signal)).rejects.toMatchObject({ code: '28P01' });
    expect([tried, asked]).toEqual([['old'], [false, true]]);
  });

  test('is not looked for where the database is only away', async () => {
    const asked: boolean[] = [];
    const away = async ({ fresh }: { readonly fresh: boolean }): Promise<string> => {
      asked.push(fresh);
      return 'postgresql://muster:old@127.0.0.1:1/db';
    };
    await expect(openPostgres(away, 'flights', signal)).rejects.toThrow();
    expect(asked).toEqual([false]);
  });
});
