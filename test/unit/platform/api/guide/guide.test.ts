import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ExecuteRequest } from '../../../../../lambdas/contracts/api/execute.ts';
import { PROBLEMS, type ProblemCode, problemType } from '../../../../../lambdas/contracts/api/problem.ts';
import { ROUTES } from '../../../../../lambdas/contracts/api/routes.ts';
import { fakeAgent } from '../../../../../lambdas/testing/fake-agent.ts';
import { createApiWorld } from '../../../../support/api/api-world.ts';
import { task, workflow } from '../../../../support/factories.ts';
import { loadYesterday, summarize } from './examples.ts';

const guide = readFileSync('docs/guides/api.md', 'utf8');
const blocksOf = (language: string) =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);

describe('the guide to the API', () => {
  test('has code that is what the compiler checks', () => {
    const compiled = readFileSync('test/unit/platform/api/guide/examples.ts', 'utf8').replaceAll(
      '../../../../../client/',
      '',
    );
    const blocks = blocksOf('ts').map((block) => block.replaceAll('../../../../../client/', ''));
    expect(blocks).toHaveLength(2);
    for (const block of blocks) expect(compiled).toContain(block);
  });

  test('has a request that the API takes', () => {
    expect(blocksOf('json').map((block) => ExecuteRequest.safeParse(JSON.parse(block)).success)).toEqual([true]);
  });

  test('names every type of problem, and no path that there is not', () => {
    for (const code of Object.keys(PROBLEMS) as ProblemCode[]) {
      expect(guide).toContain(problemType(code).replace('urn:muster:problem:', ''));
    }
    const paths = Object.values(ROUTES).map(({ path }) => String(path));
    for (const [, path = ''] of guide.matchAll(/`(?:GET|POST) (\/api\/v1\/[\w/-]+)/g)) expect(paths).toContain(path);
  });

  test('has code that works', async () => {
    const world = await createApiWorld({
      agents: [fakeAgent('summarizer', { 'text.summarize': () => ({ summary: 'short' }), work: () => ({ rows: 3 }) })],
      workflows: [workflow([task('a')], { name: 'etl.flight-mart' })],
    });
    const real = globalThis.fetch;
    globalThis.fetch = async (url, init = {}) => {
      const { pathname, search } = new URL(String(url));
      const { authorization: _token, ...headers } = Object.fromEntries(new Headers(init.headers));
      const answer = await world.call(init.method ?? 'GET', pathname + search, {
        headers,
        body: init.body ?? undefined,
      });
      return new Response(answer.text, { status: answer.status, headers: { ...answer.headers } });
    };
    try {
      expect(await loadYesterday('https://api', async () => 'x')).toEqual({ rows: 3 });
      expect(await summarize('https://api', 'x', 'long')).toEqual({ summary: 'short' });
    } finally {
      globalThis.fetch = real;
    }
  });
});
