import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { startWeatherServer, type WeatherServer } from '../../../bin/local/weather-server.ts';

const items = Array.from({ length: 25 }, (_, index) => ({ day: index }));
let server: WeatherServer;
beforeEach(async () => {
  server = await startWeatherServer(items, 0);
});
afterEach(() => server.close());

const Page = z.object({ items: z.array(z.unknown()), next: z.string().nullable(), total: z.number() });
const get = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, body: await response.json() };
};

describe('the REST source of the demo', () => {
  test('hands out every item once, page by page', async () => {
    const seen: unknown[] = [];
    let next: string | null = `${server.url}?page=1&size=10`;
    let pages = 0;
    while (next) {
      const body = Page.parse((await get(next)).body);
      expect(body.total).toBe(25);
      seen.push(...body.items);
      next = body.next && new URL(body.next, server.url).href;
      pages += 1;
    }
    expect(seen).toEqual(items);
    expect(pages).toBe(3);
  });

  test('ends exactly at the last full page', async () => {
    const body = Page.parse((await get(`${server.url}?page=5&size=5`)).body);
    expect(body.items).toHaveLength(5);
    expect(body.next).toBeNull();
  });

  test.each(['page=0', 'size=-1', 'page=x', 'size=1.5'])('refuses %s', async (query) => {
    expect((await get(`${server.url}?${query}`)).status).toBe(400);
  });

  test('knows nothing else', async () => {
    expect((await get(server.url.replace('/weather', '/other'))).status).toBe(404);
  });
});
