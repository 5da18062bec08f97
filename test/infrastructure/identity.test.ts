import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { BREAKERS } from '../../lambdas/adapters/items/breaker-items.ts';
import { HOLDS } from '../../lambdas/adapters/items/control-items.ts';
import { REVOKED, TOKEN_KEYS } from '../../lambdas/adapters/items/identity-items.ts';
import { TENANTS } from '../../lambdas/adapters/items/tenant-items.ts';
import { IdentitySettings } from '../../lambdas/contracts/identity-settings.ts';
import { cognito } from '../unit/access/guide-examples.ts';
import { grantsOf, grantsOfRole } from './support/policies.ts';
import { ofType, type Resources, synthesize } from './support/synthesize.ts';

const Environment = z.object({ Variables: z.record(z.string(), z.unknown()) });
const { platform, all } = synthesize('prod');
const provider = synthesize('prod', { overrides: cognito }).platform;
const textOf = (value: unknown): string => JSON.stringify(value);
const secretsOf = (resources: Resources) => ofType(resources, 'AWS::SecretsManager::Secret');
const rolesThat = (resources: Resources, pattern: RegExp): string[] =>
  ofType(resources, 'AWS::IAM::Role')
    .map(([id]) => id)
    .filter((id) => pattern.test(textOf(grantsOfRole(resources, id))));

const LeadingKeys = z.object({ 'ForAllValues:StringLike': z.object({ 'dynamodb:LeadingKeys': z.array(z.string()) }) });
/** Whether a condition lets this partition through; one that says nothing of partitions lets all. */
function reaches(condition: unknown, key: string): boolean {
  const keys = LeadingKeys.safeParse(condition).data?.['ForAllValues:StringLike']['dynamodb:LeadingKeys'] ?? ['*'];
  return keys.some((pattern) => (pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : key === pattern));
}
/** The policies that let somebody change rows of the registry under this key. */
const writersOf = (key: string): string[] =>
  ofType(all, 'AWS::IAM::Policy').flatMap(([id, policy]) =>
    grantsOf(policy).some(
      ({ action, resource, condition }) =>
        /^dynamodb:(?!Get|BatchGet|Query|Scan)/.test(action) &&
        textOf(resource).includes('StoresRegistry') &&
        reaches(condition, key),
    )
      ? [id]
      : [],
  );

describe('the embedded issuer', () => {
  test('has one secret, whose value never stood in a template', () => {
    const [[, secret] = []] = secretsOf(platform);
    expect(secretsOf(platform)).toHaveLength(1);
    expect(secret).not.toHaveProperty('SecretString');
    expect(secret).not.toHaveProperty('GenerateSecretString');
  });

  test('is the only one that reads it and publishes keys: nobody else can sign, nor bring a key of their own', () => {
    expect(rolesThat(platform, /SigningKeys/)).toEqual([expect.stringMatching(/^IdentityRotationRole/)]);
    expect(writersOf(TOKEN_KEYS)).toEqual([expect.stringMatching(/^IdentityRotationRole/)]);
  });

  test('looks each hour whether a key is due', () => {
    const rules = ofType(platform, 'AWS::Events::Rule').filter(([id]) => id.startsWith('IdentityEachHour'));
    expect(rules).toMatchObject([[expect.anything(), { ScheduleExpression: 'rate(1 hour)' }]]);
  });
});

describe('in the table of the public keys is changed', () => {
  test.each([
    ['plans and limits of tenants only by the Lambda of tenants', TENANTS, [/^TenantsLambdaRole/]],
    ['what was taken back by no Lambda: people do', REVOKED, []],
    ['who is an agent only by deployments', 'AGENT', [/^LambdasRegistrarRole/]],
    [
      'what holds work up only by intake, and for a tenant that is erased',
      HOLDS,
      [/^LambdasIntakeRole/, /^TenantsLambdaRole/],
    ],
    ['whose breaker is open only by the coordinator', BREAKERS, [/^LambdasCoordinatorRole/]],
  ])('%s', (_, key, roles) => {
    expect(writersOf(key).sort()).toEqual(roles.map((role) => expect.stringMatching(role)));
  });
});

test('with a provider there is no secret, no rotation, and nobody who could sign', () => {
  expect(secretsOf(provider)).toEqual([]);
  expect(textOf([...provider])).not.toContain('IdentityRotation');
});

test('whoever checks tokens is told whose, and may read what was taken back', () => {
  const told = ofType(provider, 'AWS::Lambda::Function').flatMap(([id, lambda]) => {
    const { Variables: variables } = Environment.parse(lambda.Environment);
    const settings = variables.MUSTER_IDENTITY;
    return typeof settings === 'string' ? [{ id, ...IdentitySettings.parse(JSON.parse(settings)) }] : [];
  });
  const readers = rolesThat(provider, /REVOKED/);
  for (const part of ['ApiLambda', 'StreamSockets']) {
    expect(told).toContainEqual(expect.objectContaining({ id: expect.stringMatching(`^${part}`), mode: 'oidc' }));
    expect(readers).toContainEqual(expect.stringMatching(`^${part}Role`));
  }
  expect(new Set(told.map(({ issuer }) => issuer)).size).toBe(1);
});

test('rows of revocations go by themselves', () => {
  const [, registry] = ofType(platform, 'AWS::DynamoDB::Table').find(([id]) => id.startsWith('StoresRegistry')) ?? [];
  expect(registry?.TimeToLiveSpecification).toEqual({ AttributeName: 'expires_at', Enabled: true });
});
