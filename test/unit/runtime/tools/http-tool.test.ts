import { describe, expect, test } from '@jest/globals';
import type { HttpAnswer, HttpRequest } from '../../../../lambdas/runtime/tool.ts';
import { httpTool } from '../../../../lambdas/runtime/tools/http-tool.ts';
import { toolPlayer } from '../../../support/tools/tool-player.ts';

const ANSWER: HttpAnswer = {
  status: 200,
  url: 'https://example.com/',
  headers: { 'content-type': 'text/html', 'set-cookie': 'session=1' },
  body: '<p>Hello</p>',
};

function asking(tool: ReturnType<typeof httpTool>, input: Record<string, string>) {
  const sent: Array<HttpRequest & { url: string }> = [];
  const player = toolPlayer([tool], (ctx) => ctx.tool(tool.name, input), {
    http: async (url, request) => {
      sent.push({ url, ...request });
      return ANSWER;
    },
  });
  return { sent, deliver: player.deliver };
}

describe('HTTP as a tool', () => {
  test('tells what a page says, and nothing of its cookies', async () => {
    const { sent, deliver } = asking(httpTool(), { url: 'https://example.com/' });
    expect(await deliver()).toMatchObject({
      result: { value: { status: 200, url: ANSWER.url, contentType: 'text/html', body: '<p>Hello</p>' } },
    });
    expect(sent).toEqual([
      expect.objectContaining({ url: 'https://example.com/', method: 'GET', headers: {}, maxBytes: 262_144 }),
    ]);
    expect(httpTool()).toMatchObject({ name: 'http', effects: 'none', outside: true });
  });

  test('only reads, unless it says how what it changes is repeated', async () => {
    const { deliver } = asking(httpTool(), { url: 'https://example.com/', method: 'DELETE' });
    expect(await deliver()).toMatchObject({ error: { code: 'tool_input_invalid' } });
    expect(() => httpTool({ methods: ['POST'] })).toThrow('POST may change something; say `effects`');
    expect(httpTool({ methods: ['POST'], effects: 'outside' }).effects).toBe('outside');
  });

  test('sends a key for repetitions along, and headers that its caller does not see', async () => {
    const tool = httpTool({
      name: 'order',
      methods: ['POST'],
      effects: 'idempotent',
      headers: () => ({ authorization: 'Bearer k' }),
    });
    const { sent, deliver } = asking(tool, {
      url: 'https://example.com/',
      body: '{}',
      contentType: 'application/json',
    });
    await deliver();
    expect(sent[0]).toMatchObject({
      method: 'POST',
      body: '{}',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': expect.stringMatching(/^[0-9a-f]{40}$/),
        authorization: 'Bearer k',
      },
    });
    expect(JSON.stringify(tool.input)).not.toContain('authorization');
  });
});
