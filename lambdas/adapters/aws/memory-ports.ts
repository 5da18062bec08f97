import { ENV } from '../../contracts/environment.ts';
import { configuredEmbedder } from '../embeddings/configured-embedder.ts';
import { systemClock } from '../system.ts';
import { clientSettings, dynamoClient, s3Client } from './clients.ts';
import { dynamoMemories } from './dynamo-memories.ts';
import { dynamoMemoryKeys } from './dynamo-memory-keys.ts';
import { platformPorts } from './platform-ports.ts';
import { s3MemorySnapshots } from './s3-memory-snapshots.ts';

/** The ports of the memory Lambda; no other has them. @throws Error naming a variable that is not set */
export function memoryPorts(env: NodeJS.ProcessEnv = process.env) {
  const { logger, registry, memoryPassKey, variable } = platformPorts(env);
  const settings = clientSettings(env);
  const dynamo = dynamoClient(settings);
  return {
    logger,
    clock: systemClock,
    registry: registry(),
    memoryPassKey: memoryPassKey(),
    memories: dynamoMemories(dynamo, variable(ENV.memoriesTable), systemClock),
    memoryKeys: dynamoMemoryKeys(dynamo, variable(ENV.memoryKeysTable)),
    memorySnapshots: s3MemorySnapshots(s3Client(settings), variable(ENV.memoryBucket)),
    embedder: configuredEmbedder(env[ENV.memoryEmbeddings] || undefined, settings, systemClock),
  };
}
