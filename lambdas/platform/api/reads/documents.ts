import { openApiDocument } from '../../../contracts/api/open-api.ts';
import { asyncApiDocument } from '../../../contracts/async-api.ts';
import type { Handler } from '../call.ts';
import { instant } from '../runs/answers.ts';

/** Made once: it never changes while the code does not. */
let openApi: ReturnType<typeof openApiDocument> | undefined;

export const getOpenApi: Handler<'getOpenApi'> = async () => {
  openApi ??= openApiDocument();
  return { status: 200, body: openApi, headers: { 'cache-control': 'public, max-age=300' } };
};

let asyncApi: ReturnType<typeof asyncApiDocument> | undefined;

export const getAsyncApi: Handler<'getAsyncApi'> = async () => {
  asyncApi ??= asyncApiDocument();
  return { status: 200, body: asyncApi, headers: { 'cache-control': 'public, max-age=300' } };
};

export const getJwks: Handler<'getJwks'> = async (_call, { publicKeys }) => ({
  status: 200,
  body: { keys: [...(await publicKeys())] },
  headers: { 'cache-control': 'public, max-age=300' },
});

/** Reads something, so that it says more than that the function runs. */
export const getHealth: Handler<'getHealth'> = async (_call, { clock, holds }) => {
  await holds.read();
  return { status: 200, body: { status: 'ok', time: instant(clock.now()) } };
};
