import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WeatherItem, weatherPage } from '../../lambdas/systems/etl/demo-data.ts';

/** A small REST API for the demo, paginated: `GET /weather?page=n&size=m` → `{ items, next, total }`. */
export interface WeatherServer {
  readonly url: string;
  close(): Promise<void>;
}

const MAX_SIZE = 1_000;

function positive(text: string | null, fallback: number): number | undefined {
  if (text === null) return fallback;
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

/** Serves `items` on 127.0.0.1. */
export async function startWeatherServer(items: readonly WeatherItem[], port: number): Promise<WeatherServer> {
  const server: Server = createServer((request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (request.method !== 'GET') return answer(405, { error: 'only GET is understood' });
    if (url.pathname !== '/weather') return answer(404, { error: `there is nothing at ${url.pathname}: try /weather` });
    const page = positive(url.searchParams.get('page'), 1);
    const size = positive(url.searchParams.get('size'), 500);
    if (page === undefined || size === undefined)
      return answer(400, { error: 'page and size are whole numbers from 1' });
    return answer(200, weatherPage(items, page, Math.min(size, MAX_SIZE)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actual}/weather`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
