import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineManifest } from '../../lambdas/contracts/manifest.ts';
import { loadConfig } from '../../lib/config.ts';
import { grantsOfRole, readable } from './support/policies.ts';
import { modest, SAMPLE } from './support/sample-system.ts';
import { ofType, synthesize } from './support/synthesize.ts';

const capability = { description: 'Works', input: z.string(), output: z.string() };
const discreet = defineManifest({
  ...{ name: 'sample-discreet', description: 'Keeps secrets', errorImpact: modest.errorImpact, confidential: true },
  channels: {
    publishes: ['channel.sample.open', 'channel.sample.closed'],
    subscribes: [],
    confidential: ['channel.sample.closed'],
  },
  capabilities: { 'sample.keep': capability },
});
const agents = [discreet, modest];
const made = (messages: object) =>
  synthesize('prod', { system: { ...SAMPLE, agents, workflows: [] }, overrides: { messages } });
const leading = (key: string) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [key] } });

/** What a role may do with keys, and under which condition. */
function keysOf(resources: Parameters<typeof grantsOfRole>[0], role: string) {
  return grantsOfRole(resources, role).flatMap((grant) => {
    const { action } = grant;
    const [may = ''] = readable([grant]);
    return / on MessagesKeys$/.test(may) || action.startsWith('kms:') ? [[action, grant.condition]] : [];
  });
}

describe('the registry of keys', () => {
  const { platform, system } = made({ encrypt: true });

  test('takes of each container keys in its own name only, and shows all of them to whoever checks', () => {
    const own = (name: string) => [
      ['dynamodb:PutItem', leading(`KEY#${name}`)],
      ['dynamodb:GetItem', leading('KEY#*')],
    ];
    expect(keysOf(system, 'SampleModestWorkerRole')).toEqual(own('sample-modest'));
    const platformKeys = (role: string) =>
      keysOf(platform, role).filter(([action]) => String(action).startsWith('dynamodb:'));
    expect(platformKeys('LambdasCoordinatorRole')).toEqual(own('coordinator'));
    expect(platformKeys('LambdasTimersRole')).toEqual(own('timers'));
    expect(platformKeys('LambdasDeadLettersRole')).toEqual(own('dead-letters'));
    expect(platformKeys('LambdasIntakeRole')).toEqual(own('intake'));
    expect(platformKeys('StreamTellerRole')).toEqual([['dynamodb:GetItem', leading('KEY#*')]]);
    expect(platformKeys('LambdasSweeperRole')).toEqual([['dynamodb:PutItem', leading('KEY#sweeper')]]);
    expect(platformKeys('LambdasMonitorRole')).toEqual([['dynamodb:GetItem', leading('KEY#*')]]);
  });

  test('is written by nobody else, and nothing is ever taken out or changed but by its own time', () => {
    const writers = [...ofType(platform, 'AWS::IAM::Policy'), ...ofType(system, 'AWS::IAM::Policy')].filter(
      ([, policy]) => /dynamodb:(Delete|Update)Item[^}]*MessagesKeys/.test(JSON.stringify(policy)),
    );
    expect(writers).toEqual([]);
  });

  test('lets an agent open what is for it, and close what it may say; nobody else’s', () => {
    const receivers = (...names: string[]) => ({
      StringEquals: { 'kms:EncryptionContext:receiver': names.length === 1 ? names[0] : names },
    });
    const kms = keysOf(system, 'SampleDiscreetWorkerRole').filter(([action]) => String(action).startsWith('kms:'));
    expect(JSON.stringify(kms)).toContain('"channel:channel.sample.closed"');
    expect(JSON.stringify(kms)).not.toContain('channel.sample.open');
    expect(kms.map(([action]) => action)).toEqual(['kms:GenerateDataKey', 'kms:Decrypt']);
    expect([
      receivers('sample-discreet'),
      { StringEquals: { 'kms:EncryptionContext:receiver': ['sample-discreet'] } },
    ]).toContainEqual(kms[1]?.[1]);
    expect(keysOf(system, 'SampleModestWorkerRole').some(([action]) => String(action).startsWith('kms:'))).toBe(false);
  });

  test('rotates the key under which bodies are encrypted', () => {
    expect(ofType(platform, 'AWS::KMS::Key').map(([, { EnableKeyRotation }]) => EnableKeyRotation)).toEqual([true]);
    expect(
      ofType(
        made({ kmsKeyArn: `arn:aws:kms:eu-central-1:123456789012:key/${'a'.repeat(36)}` }).platform,
        'AWS::KMS::Key',
      ),
    ).toEqual([]);
  });
});

describe('the configuration of messages', () => {
  test('requires signatures unless it says otherwise', () => {
    const { messages } = loadConfig('prod');
    expect(messages).toEqual({ signatures: 'required', encryptFor: [] });
    const environment = ofType(made({ encrypt: true }).system, 'AWS::Lambda::Function').map(([, { Environment }]) =>
      JSON.stringify(Environment),
    );
    for (const variables of environment) expect(variables).toContain('"MUSTER_SIGNATURES":"required"');
  });

  test('is made unasked for an agent that is confidential, and not without one', () => {
    const keys = (resources: Parameters<typeof ofType>[0]) => ofType(resources, 'AWS::KMS::Key').length;
    expect(keys(made({}).platform)).toBe(1);
    expect(keys(synthesize('prod', { system: SAMPLE }).platform)).toBe(0);
  });

  test('has no tenant encrypted without a key, and no agent that is confidential', () => {
    expect(() => loadConfig('prod', {}, { messages: { encryptFor: ['bank'] } })).toThrow(
      /messages.encryptFor: needs a key/,
    );
    expect(() => made({ encrypt: false })).toThrow(/sample-discreet.*messages.encrypt/s);
  });

  test('gives every agent of a tenant that wants encryption what it takes', () => {
    const { system } = made({ encrypt: true, encryptFor: ['bank'] });
    expect(keysOf(system, 'SampleModestWorkerRole').map(([action]) => action)).toContain('kms:Decrypt');
  });
});
