import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { putAnswer } from '../../../../lambdas/platform/registrar/answer.ts';

interface Got {
  method: string | undefined;
  contentType: string | undefined;
  body: string;
}

/** A server that answers with these statuses in turn. */
async function serve(statuses: number[], act: (url: string) => Promise<void>): Promise<Got[]> {
  const got: Got[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    got.push({
      method: request.method,
      contentType: request.headers['content-type'],
      body: Buffer.concat(chunks).toString(),
    });
    response.writeHead(statuses.shift() ?? 500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await act(`http://127.0.0.1:${port}/answer?signature=x`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
  return got;
}

describe("CloudFormation's answer", () => {
  test('is a PUT without a content type, for that is what was signed', async () => {
    const got = await serve([200], (url) => putAnswer(url, '{"Status":"SUCCESS"}', async () => undefined));
    expect(got).toEqual([{ method: 'PUT', contentType: undefined, body: '{"Status":"SUCCESS"}' }]);
  });

  test('is tried again, with growing pauses, until it is taken', async () => {
    const pauses: number[] = [];
    const got = await serve([500, 503, 200], (url) => putAnswer(url, '{}', async (ms) => void pauses.push(ms)));
    expect(got).toHaveLength(3);
    expect(pauses).toEqual([400, 800]);
  });

  test('that nobody takes is an error', async () => {
    const put = serve([], (url) => putAnswer(url, '{}', async () => undefined));
    await expect(put).rejects.toMatchObject({
      code: 'cloudformation_unreachable',
      message: expect.stringContaining('500'),
    });
    await expect(putAnswer('http://127.0.0.1:1/', '{}', async () => undefined)).rejects.toMatchObject({
      class: 'system',
    });
  });
});
