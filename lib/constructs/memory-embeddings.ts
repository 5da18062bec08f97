import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ModelSettings } from '../../lambdas/contracts/model-settings.ts';
import type { Config } from '../config.ts';
import { readingOf } from './grants.ts';
import { callsOf } from './model-reach.ts';

/**
 * Where the vectors of memories come from; undefined: from nowhere.
 * @throws Error when the configuration names a model that it does not have, one for chats, or one whose secret nobody may read
 */
export function embeddingsOf({ memory, models, secretsManager }: Config): ModelSettings | 'local' | undefined {
  const { embeddings } = memory;
  if (embeddings === 'none') return undefined;
  if (embeddings === 'local') return 'local';
  const model = Object.hasOwn(models, embeddings) ? models[embeddings] : undefined;
  if (model?.kind !== 'embedding')
    throw new Error(
      `memory.embeddings is "${embeddings}", which is neither "none" nor "local" nor an embedding model in \`models\``,
    );
  if ('secret' in model && model.secret !== undefined && !secretsManager)
    throw new Error(`memory.embeddings is "${embeddings}", which needs its secret, and secretsManager is off`);
  return model;
}

/** Calling it, and reading the key for it. */
export function embeddingStatements(scope: Construct, embeddings: ReturnType<typeof embeddingsOf>): PolicyStatement[] {
  if (embeddings === undefined || embeddings === 'local') return [];
  if (embeddings.provider === 'bedrock') return [callsOf(scope, [embeddings])];
  return embeddings.secret === undefined ? [] : [readingOf(scope, embeddings.secret)];
}
