import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { freshKey } from '../../../lambdas/access/fresh-key.ts';
import { published, withNewKey } from '../../../lambdas/access/key-ring.ts';
import { dynamoTokenKeys } from '../../../lambdas/adapters/aws/dynamo-token-keys.ts';
import { dynamoTokenRevocations } from '../../../lambdas/adapters/aws/dynamo-token-revocations.ts';
import { identityPorts } from '../../../lambdas/adapters/aws/identity-ports.ts';
import { secretTokenKeys } from '../../../lambdas/adapters/aws/secret-token-keys.ts';
import { encodePublishedKeys, encodeRevocation } from '../../../lambdas/adapters/items/identity-items.ts';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import { ENV } from '../../../lambdas/contracts/environment.ts';
import { NOW, POLICY, SETTINGS } from '../../support/access/identity-world.ts';

const dynamo = mockClient(DynamoDBClient);
const secrets = mockClient(SecretsManagerClient);
const client = new DynamoDBClient({ region: 'us-east-1' });
const refused = () => new ConditionalCheckFailedException({ message: 'refused', $metadata: {} });
const ring = withNewKey(undefined, await freshKey(), POLICY, NOW);

beforeEach(() => {
  dynamo.reset();
  secrets.reset();
});

describe('revocations on DynamoDB', () => {
  const token = { tokenId: 't-1', tenant: 'acme', sub: 'ann', issuedAt: NOW };
  const revoked = { at: NOW, by: 'kim', reason: 'lost' };

  test('are read consistently, two rows at once, at most every five seconds for a token', async () => {
    dynamo.on(BatchGetItemCommand).resolves({ Responses: { registry: [] } });
    const clock = virtualClock(NOW);
    const revocations = dynamoTokenRevocations(client, 'registry', clock);
    await Promise.all([revocations.find(token), revocations.find(token)]);
    clock.advance(4_999);
    await revocations.find(token);
    expect(dynamo.commandCalls(BatchGetItemCommand)).toHaveLength(1);
    const asked = dynamo.commandCalls(BatchGetItemCommand)[0]?.args[0].input.RequestItems?.registry;
    expect(asked).toMatchObject({
      ConsistentRead: true,
      Keys: [{ sk: { S: 'token#t-1' } }, { sk: { S: 'subject#acme#ann' } }],
    });
    clock.advance(1);
    await revocations.find(token);
    expect(dynamo.commandCalls(BatchGetItemCommand)).toHaveLength(2);
  });

  test('hold against a token by its id, and by its subject if it is no later', async () => {
    const clock = virtualClock(NOW);
    const find = async (what: Parameters<typeof encodeRevocation>[0], issuedAt: number) => {
      dynamo.on(BatchGetItemCommand).resolves({ Responses: { registry: [encodeRevocation(what, revoked, NOW)] } });
      return dynamoTokenRevocations(client, 'registry', clock).find({ ...token, issuedAt });
    };
    expect(await find({ tokenId: 't-1' }, NOW + 1)).toEqual(revoked);
    expect(await find({ tenant: 'acme', sub: 'ann' }, NOW)).toEqual(revoked);
    expect(await find({ tenant: 'acme', sub: 'ann' }, NOW + 1)).toBeUndefined();
  });

  test('that can be read only by half let nobody in', async () => {
    dynamo.on(BatchGetItemCommand).resolves({ Responses: {}, UnprocessedKeys: { registry: { Keys: [{}] } } });
    await expect(dynamoTokenRevocations(client, 'registry', virtualClock(NOW)).find(token)).rejects.toMatchObject({
      class: 'system',
    });
  });

  test('are kept until the last token is over, and seen at once by who wrote them', async () => {
    dynamo
      .on(BatchGetItemCommand)
      .resolves({ Responses: { registry: [] } })
      .on(PutItemCommand)
      .resolves({});
    const revocations = dynamoTokenRevocations(client, 'registry', virtualClock(NOW));
    await revocations.find(token);
    await revocations.revoke({ tokenId: 't-1' }, revoked, NOW + 1_500);
    expect(dynamo.commandCalls(PutItemCommand)[0]?.args[0].input.Item?.expires_at).toEqual({
      N: String(NOW / 1_000 + 2),
    });
    await revocations.find(token);
    expect(dynamo.commandCalls(BatchGetItemCommand)).toHaveLength(2);
  });
});

describe('published keys on DynamoDB', () => {
  const first = published(ring, undefined, POLICY, NOW);

  test('come back as they were written', async () => {
    dynamo
      .on(GetItemCommand)
      .resolvesOnce({})
      .resolves({ Item: encodePublishedKeys(first) });
    const keys = dynamoTokenKeys(client, 'registry');
    expect(await keys.read()).toBeUndefined();
    expect(await keys.read()).toEqual(first);
  });

  test('are written after the version that they follow, and not over another', async () => {
    dynamo.on(PutItemCommand).resolvesOnce({}).resolvesOnce({}).rejects(refused());
    const keys = dynamoTokenKeys(client, 'registry');
    expect(await keys.write(first)).toBe(true);
    expect(await keys.write({ ...first, version: 2 })).toBe(true);
    expect(await keys.write({ ...first, version: 2 })).toBe(false);
    const conditions = dynamo.commandCalls(PutItemCommand).map(({ args }) => args[0].input.ConditionExpression);
    expect(conditions.slice(0, 2)).toEqual(['attribute_not_exists(pk)', '#version = :before']);
  });
});

describe('signing keys in a secret', () => {
  const keys = secretTokenKeys(new SecretsManagerClient({ region: 'us-east-1' }), 'arn:secret');

  test('are none until they were written', async () => {
    secrets
      .on(GetSecretValueCommand)
      .rejectsOnce(Object.assign(new Error('no value'), { name: 'ResourceNotFoundException' }));
    expect(await keys.read()).toBeUndefined();
    secrets.on(GetSecretValueCommand).resolves({ SecretString: JSON.stringify(ring) });
    expect(await keys.read()).toEqual(ring);
    secrets.on(PutSecretValueCommand).resolves({});
    await keys.write(ring);
    expect(secrets.commandCalls(PutSecretValueCommand)[0]?.args[0].input).toEqual({
      SecretId: 'arn:secret',
      SecretString: JSON.stringify(ring),
    });
  });

  test('that nobody may read are not taken for none', async () => {
    secrets.on(GetSecretValueCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
    await expect(keys.read()).rejects.toMatchObject({ code: 'secret_unavailable' });
  });
});

test('a Lambda that checks tokens is wired from its environment', async () => {
  dynamo.on(GetItemCommand).resolves({ Item: encodePublishedKeys(published(ring, undefined, POLICY, NOW)) });
  const ports = identityPorts({
    AWS_REGION: 'us-east-1',
    [ENV.registryTable]: 'registry',
    [ENV.identity]: JSON.stringify(SETTINGS),
  });
  expect(ports.settings()).toEqual(SETTINGS);
  expect(await ports.publicKeys()).toEqual({ keys: [ring.keys[0]?.public] });
  expect(await ports.verifier()('nonsense')).toMatchObject({ ok: false, fault: 'token_malformed' });
  expect(() => identityPorts({ AWS_REGION: 'us-east-1' }).settings()).toThrow(ENV.identity);
});
