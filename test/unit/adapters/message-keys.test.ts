import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { jsonRequests } from '../../../lambdas/adapters/aws/json-request.ts';
import { keyServiceBy } from '../../../lambdas/adapters/aws/kms-key-service.ts';
import { signedMessageKeys } from '../../../lambdas/adapters/aws/signed-message-keys.ts';
import { newKey } from '../../../lambdas/runtime/signing/container-key.ts';
import { NOW } from '../../support/factories.ts';

interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly input: { readonly [field: string]: unknown };
}
const asked: Asked[] = [];
let answers: Array<{ status: number; body: object }> = [];
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (data) => (text += data));
  request.on('end', () => {
    asked.push({ headers: request.headers, input: JSON.parse(text) });
    const { status, body } = answers.shift() ?? { status: 200, body: {} };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
});
beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not a secret', sessionToken: 'session' };
const callsOf = (name: string) => {
  const { port } = server.address() as AddressInfo;
  const settings = { region: 'eu-central-1', endpoint: `http://127.0.0.1:${port}` };
  return jsonRequests(
    settings,
    { name, contentType: 'application/x-amz-json-1.0', target: 'Target' },
    () => CREDENTIALS,
    async () => {},
  );
};
const fresh = (...given: typeof answers) => {
  asked.length = 0;
  answers = given;
};
const { published } = newKey('worker', '00000000-0000-4000-8000-000000000001', NOW);

describe('the registry of keys in DynamoDB', () => {
  test('keeps a key under its sender, once, and forgets it when nothing it signed can be under way', async () => {
    fresh();
    await signedMessageKeys(callsOf('dynamodb'), 'Keys').publish(published);
    const [{ headers, input } = { headers: {}, input: {} }] = asked;
    expect(headers).toMatchObject({ 'x-amz-target': 'Target.PutItem', 'x-amz-security-token': 'session' });
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/dynamodb\/aws4_request/,
    );
    expect(input).toMatchObject({
      TableName: 'Keys',
      Item: {
        pk: { S: 'KEY#worker' },
        sk: { S: published.kid },
        expires_at: { N: String(Math.ceil(published.keep_until / 1_000)) },
      },
      ConditionExpression: 'attribute_not_exists(pk) OR #public = :public',
    });
    expect(JSON.stringify(input)).not.toMatch(/private|"d"/);
  });

  test('answers what was published, read consistently', async () => {
    fresh();
    const keys = signedMessageKeys(callsOf('dynamodb'), 'Keys');
    await keys.publish(published);
    answers = [
      { status: 200, body: { Item: asked[0]?.input.Item } },
      { status: 200, body: {} },
    ];
    expect(await keys.find('worker', published.kid)).toEqual(published);
    expect(asked[1]?.input).toEqual({
      ...{ TableName: 'Keys', ConsistentRead: true },
      Key: { pk: { S: 'KEY#worker' }, sk: { S: published.kid } },
    });
    expect(await keys.find('worker', 'unknown-key')).toBeUndefined();
  });

  test('is asked again when it is busy, and not when it refuses', async () => {
    const busy = {
      status: 400,
      body: { __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException', message: 'later' },
    };
    fresh(busy, { status: 500, body: {} });
    const keys = signedMessageKeys(callsOf('dynamodb'), 'Keys');
    await keys.publish(published);
    expect(asked).toHaveLength(3);
    fresh({ status: 400, body: { __type: 'x#AccessDeniedException', Message: 'no' } });
    await expect(keys.publish(published)).rejects.toMatchObject({ code: 'keys_unavailable', class: 'system' });
    expect(asked).toHaveLength(1);
  });
});

describe('keys of KMS', () => {
  const context = { tenant: 'acme', receiver: 'worker' };
  const plain = Buffer.alloc(32, 1);

  test('are made and unwrapped for a tenant and a receiver', async () => {
    fresh(
      { status: 200, body: { Plaintext: plain.toString('base64'), CiphertextBlob: 'd3JhcHBlZA==' } },
      { status: 200, body: { Plaintext: plain.toString('base64') } },
    );
    const service = keyServiceBy(callsOf('kms'), 'arn:key');
    expect(await service.make(context)).toEqual({ plain, wrapped: 'd3JhcHBlZA==' });
    expect(await service.unwrap(context, 'd3JhcHBlZA==')).toEqual(plain);
    expect(asked.map(({ input }) => input)).toEqual([
      { KeyId: 'arn:key', KeySpec: 'AES_256', EncryptionContext: context },
      { KeyId: 'arn:key', CiphertextBlob: 'd3JhcHBlZA==', EncryptionContext: context },
    ]);
  });

  test.each(['InvalidCiphertextException', 'AccessDeniedException', 'IncorrectKeyException'])(
    'that KMS does not unwrap with %s are not ours',
    async (__type) => {
      fresh({ status: 400, body: { __type, message: '' } });
      expect(await keyServiceBy(callsOf('kms'), 'arn:key').unwrap(context, 'eA==')).toBeUndefined();
    },
  );

  test('that can not be had for now are no reason to drop a message', async () => {
    fresh(...Array.from({ length: 5 }, () => ({ status: 500, body: { __type: 'KMSInternalException' } })));
    const unwrapped = keyServiceBy(callsOf('kms'), 'arn:key').unwrap(context, 'eA==');
    await expect(unwrapped).rejects.toMatchObject({ code: 'keys_unavailable', class: 'system' });
    expect(asked).toHaveLength(5);
  });
});
