import { createServer } from 'node:net';
import * as z from 'zod';
import type { Home } from './home.ts';

const Ports = z.record(z.string(), z.number().int());

function listens(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}

/**
 * The port this home used for `name` before, if it is still free, else a fresh one.
 * Staying on a port matters: queue URLs contain it, so another port means deploying again.
 */
export async function rememberedPort(home: Home, name: string): Promise<number> {
  const before = home.read('ports.json', Ports) ?? {};
  const kept = before[name] === undefined ? undefined : await listens(before[name]);
  const port = kept ?? (await listens(0));
  if (port === undefined) throw new Error('no free port on 127.0.0.1');
  if (port !== before[name]) home.write('ports.json', { ...(home.read('ports.json', Ports) ?? {}), [name]: port });
  return port;
}
