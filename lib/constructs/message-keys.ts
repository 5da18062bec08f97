import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ENV } from '../../lambdas/contracts/environment.ts';
import type { Manifest } from '../../lambdas/contracts/manifest.ts';
import type { Config } from '../config.ts';
import { supports } from '../emulator-gaps.ts';
import { DataTable } from './data-table.ts';
import { itemsUnder } from './grants.ts';
import { removalOf } from './removal.ts';

/** The registry of the keys that messages are signed with, and the key that bodies are encrypted under. */
export class MessageKeys extends Construct {
  readonly table: Table;
  /** Undefined: nothing is encrypted by us, and nobody may ask for it. */
  readonly kmsKeyArn: string | undefined;
  /** Whether a right to use it can be bound to the receivers of messages. */
  readonly bindsReceivers: boolean;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.table = new DataTable(this, 'Keys', {
      config,
      expires: true,
      neverBackedUp: 'Public keys of containers, which publish new ones when they start.',
    }).table;
    const { encrypt, kmsKeyArn } = config.messages;
    this.bindsReceivers = supports(config, 'encryptionContext');
    this.kmsKeyArn = kmsKeyArn ?? (encrypt === true ? this.#makeKey(config) : undefined);
  }

  #makeKey(config: Config): string {
    return new Key(this, 'Bodies', {
      description: `Bodies of messages between agents (${config.stage})`,
      enableKeyRotation: true,
      removalPolicy: removalOf(config),
    }).keyArn;
  }
}

export interface MessageReach {
  readonly config: Config;
  readonly messageKeys: MessageKeys;
}

/** Whether what this agent says or hears may be read by its receivers only. */
export const asksForEncryption = ({ confidential, channels }: Manifest): boolean =>
  confidential || channels.confidential.length > 0;

/** What tells a Lambda how messages are signed and encrypted. */
export function messageEnvironment({ config, messageKeys }: MessageReach): Record<string, string> {
  const { signatures, encryptFor } = config.messages;
  return {
    [ENV.messageKeysTable]: messageKeys.table.tableName,
    [ENV.signatures]: signatures,
    ...(messageKeys.kmsKeyArn !== undefined && { [ENV.messageKmsKey]: messageKeys.kmsKeyArn }),
    ...(encryptFor.length > 0 && { [ENV.encryptFor]: encryptFor.join(',') }),
  };
}

/** Keys published in this name and no other. */
export const publishKeysOf = (sender: string, { table }: MessageKeys) => itemsUnder(table, [`KEY#${sender}`], 'Put');
/** Keys of everybody, to check what they have signed. */
export const readKeys = ({ table }: MessageKeys) => itemsUnder(table, ['KEY#*'], 'Get');

/** Using the key for bodies to these receivers; to anybody, when none are named. Without a key there is nothing to allow. */
function useKey(
  action: 'GenerateDataKey' | 'Decrypt',
  { kmsKeyArn, bindsReceivers }: MessageKeys,
  receivers?: readonly string[],
): PolicyStatement[] {
  if (kmsKeyArn === undefined) return [];
  const conditions = { StringEquals: { 'kms:EncryptionContext:receiver': [...(receivers ?? [])] } };
  const isBound = bindsReceivers && receivers !== undefined;
  return [new PolicyStatement({ actions: [`kms:${action}`], resources: [kmsKeyArn], ...(isBound && { conditions }) })];
}

/** What a Lambda of the platform does with messages. */
export interface PlatformMessages {
  /** In whose name it signs. */
  readonly signs?: string;
  /** Whether it checks who has signed. */
  readonly checks?: boolean;
  /** Whose bodies it encrypts, and which it opens; `anybody`: whoever they are for. */
  readonly encrypts?: 'coordinator' | 'anybody';
  readonly opens?: 'coordinator' | 'anybody';
}

export function platformMessageStatements(
  { signs, checks = false, encrypts, opens }: PlatformMessages,
  keys: MessageKeys,
): PolicyStatement[] {
  const receivers = (whose: 'coordinator' | 'anybody') => (whose === 'anybody' ? undefined : [whose]);
  return [
    ...(signs === undefined ? [] : [publishKeysOf(signs, keys)]),
    ...(checks ? [readKeys(keys)] : []),
    ...(encrypts ? useKey('GenerateDataKey', keys, receivers(encrypts)) : []),
    ...(opens ? useKey('Decrypt', keys, receivers(opens)) : []),
  ];
}

/**
 * An agent publishes its own keys and reads all; it encrypts for the coordinator and the channels that it publishes on, and
 * opens what is for it and the channels that it listens to.
 * @throws Error when its manifest asks for encryption and the configuration says that there be no key
 */
export function messageStatements(manifest: Manifest, { config, messageKeys }: MessageReach): PolicyStatement[] {
  const { name, channels } = manifest;
  const signing = [publishKeysOf(name, messageKeys), readKeys(messageKeys)];
  const always = config.messages.encryptFor.length > 0;
  const closed = channels.confidential;
  const asks = asksForEncryption(manifest);
  const { kmsKeyArn } = messageKeys;
  if (!kmsKeyArn) {
    if (!asks) return signing;
    throw new Error(
      `agent ${name} is confidential, or a channel of it is, and the configuration wants no key: leave messages.encrypt out, or set it (docs/guides/messages.md)`,
    );
  }
  if (!asks && !always) return signing;
  const sealed = (names: readonly string[]): string[] =>
    names.filter((channel) => always || closed.includes(channel)).map((channel) => `channel:${channel}`);
  return [
    ...signing,
    ...useKey('GenerateDataKey', messageKeys, ['coordinator', ...sealed(channels.publishes)]),
    ...useKey('Decrypt', messageKeys, [name, ...sealed(channels.subscribes)]),
  ];
}
