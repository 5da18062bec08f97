import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../../lambdas/adapters/system.ts';
import { createGuardedHttp, type GuardedHttpOptions } from '../../../../lambdas/adapters/tools/guarded-http.ts';
import { NonRecoverableError, SystemError } from '../../../../lambdas/contracts/errors.ts';
import type { JsonObject } from '../../../../lambdas/contracts/json.ts';
import type { HttpFetch } from '../../../../lambdas/runtime/tool.ts';
import { scriptedModel } from '../../../../lambdas/testing/scripted-model.ts';
import { workflow } from '../../../support/factories.ts';
import { taskFleet } from './support/fleet.ts';
import { ARTICLE } from './support/texts.ts';

const page = (body: string, contentType = 'text/html; charset=utf-8', status = 200) => ({ status, body, contentType });
const PAGES: Readonly<Record<string, ReturnType<typeof page> | Error>> = {
  'https://lights.example/history': page(`<!doctype html><title>History</title><nav>Home</nav><p>${ARTICLE}</p>`),
  'https://lights.example/gone': page('gone', 'text/plain', 404),
  'https://lights.example/photo': page('…', 'image/jpeg'),
  'https://down.example/': new SystemError('http_unavailable', 'nobody answers there'),
  'http://169.254.169.254/latest': new NonRecoverableError('url_not_allowed', 'that address is not public'),
};
const seen: string[] = [];
const http: HttpFetch = async (url) => {
  seen.push(url);
  const found = PAGES[url];
  if (found === undefined || found instanceof Error) throw found ?? new Error(`no page ${url}`);
  return { status: found.status, url, headers: { 'content-type': found.contentType }, body: found.body };
};

async function research(input: object, script?: Parameters<typeof scriptedModel>[0], fetch = http) {
  const fast = script && scriptedModel(script);
  const fleet = await taskFleet({ http: fetch, ...(fast && { models: { fast } }) });
  const run = await fleet.run(workflow([{ id: 'do', type: 'web.research', input: input as JsonObject }]));
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it as they expect it to be
  return { result: run.result?.do as any, run, asked: fast?.asked ?? [] };
}
const WHO = 'Who lit the lamp of a lighthouse every evening?';

describe('the researcher', () => {
  test('answers from pages and documents, and cites the passages with their places', async () => {
    const { result } = await research({
      question: WHO,
      urls: ['https://lights.example/history'],
      documents: [{ title: 'Bread', text: 'Bread is baked from flour, water and salt. It needs an hour in the oven.' }],
    });
    expect(result).toMatchObject({
      found: true,
      answered_by: { way: 'statistics', method: 'BM25 over passages' },
      unread: [],
    });
    expect(result.answer).toContain('Each lighthouse had a keeper, who lit the lamp');
    expect(result.citations[0]).toMatchObject({ n: 1, source: 'https://lights.example/history' });
    expect(result.citations.map(({ source }: { source: string }) => source)).not.toContain('Bread');
    expect(result.read).toHaveLength(2);
  });

  test('says that it has found nothing, when there is nothing', async () => {
    const { result, asked } = await research(
      { question: 'How many moons has Jupiter?', documents: [{ title: 'a', text: ARTICLE }] },
      [],
    );
    expect(result).toMatchObject({ found: false, answer: '', citations: [], confidence: 0 });
    expect(asked).toHaveLength(0);
  });

  test('pages that can not be read cost no more than themselves, and are named with the reason', async () => {
    const { result, run } = await research({ question: WHO, urls: Object.keys(PAGES) });
    expect(result.found).toBe(true);
    const whys = Object.fromEntries(result.unread.map(({ source, why }: Record<string, string>) => [source, why]));
    expect(whys).toEqual({
      'https://lights.example/gone': expect.stringContaining('answers 404'),
      'https://lights.example/photo': expect.stringContaining('image/jpeg'),
      'https://down.example/': expect.stringContaining('nobody answers there'),
      'http://169.254.169.254/latest': expect.stringContaining('not public'),
    });
    expect(run.status).toBe('completed');
  });

  test('reads nothing that is not on the public internet, however it is written and wherever a name leads', async () => {
    const resolve: GuardedHttpOptions['resolve'] = (_, __, found) => found(null, [{ address: '10.1.2.3', family: 4 }]);
    const guarded = createGuardedHttp({ clock: systemClock, loopback: false, resolve });
    const open: HttpFetch = (url, request) => guarded([['*']], new AbortController().signal)(url, request);
    const urls = [
      ...['https://127.0.0.1/', 'https://[::1]/', 'https://[::ffff:169.254.169.254]/', 'https://2130706433/'],
      ...['https://inside.example/', 'http://93.184.215.14/', 'https://ann:secret@lights.example/'],
    ];
    const { result } = await research({ question: WHO, urls }, undefined, open);
    expect(result).toMatchObject({ found: false, read: [] });
    expect(result.unread).toEqual(urls.map((source) => ({ source, why: expect.stringMatching(/^url_not_allowed/) })));
  });

  test('takes the words of a model that keeps to the passages', async () => {
    const said = 'The keeper of the lighthouse lit the lamp every evening [1].';
    const { result } = await research({ question: WHO, documents: [{ title: 'a', text: ARTICLE }] }, [said]);
    expect(result).toMatchObject({ answer: said, answered_by: { way: 'model' } });
  });

  test.each([
    ['cites what there is not', 'The keeper lit the lamp of the lighthouse [7].', 'cites what there is not'],
    ['makes something up', 'Robots from Mars did, using plasma torches.', "of the model's words"],
  ])('does not take the words of one that %s', async (_, said, why) => {
    const { result } = await research({ question: WHO, documents: [{ title: 'a', text: ARTICLE }] }, [said]);
    expect(result.answered_by).toMatchObject({ way: 'statistics', why: expect.stringContaining(why) });
  });
});
