import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LocalCloud } from '../../../bin/local/local-cloud.ts';

/** Lets tests, which run in other processes, break what the setup has started. */
export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

/** What a test may do: `POST /<name>`. */
const actionsOn = (cloud: LocalCloud): Record<string, () => Promise<void>> => ({
  'postgres-crash': async () => {
    cloud.postgres.process.kill();
    await cloud.postgres.process.ended;
  },
  'postgres-stop': () => cloud.postgres.stop(),
  'postgres-start': () => cloud.restartPostgres(),
});

export async function startControlServer(cloud: LocalCloud): Promise<ControlServer> {
  const actions = actionsOn(cloud);
  const server = createServer((request, response) => {
    const action = request.method === 'POST' ? actions[(request.url ?? '').slice(1)] : undefined;
    if (!action) {
      response.writeHead(404).end(`there is only POST to ${Object.keys(actions).join(', ')}`);
      return;
    }
    action().then(
      () => response.writeHead(204).end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
