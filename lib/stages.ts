import type { ConfigInput } from './config-schema.ts';
import { LOCAL_MODELS } from './local-model.ts';

/**
 * What each stage says of itself; everything else is the default of `Config`.
 * A stage that is not here, such as "staging", gets the production settings: nothing is deleted by surprise.
 *
 * Put the names of your own databases' secrets here (or into the environment, see docs/configuration.md):
 * `etl: { sourceDatabaseSecret: 'reporting/source', weatherUrl: 'https://…' }`.
 */
const STAGES: Readonly<Record<string, ConfigInput>> = {
  local: {
    target: 'emulator',
    account: '000000000000',
    region: 'us-east-1',
    architecture: process.arch === 'arm64' ? 'arm64' : 'x64',
    removal: 'destroy',
    pointInTimeRecovery: false,
    blobRetentionDays: 7,
    archiveAfterDays: 3,
    logs: { retentionDays: 1 },
    monitoring: { tracing: false },
    audit: { retentionDays: 1 },
    agents: { maxReceives: 3 },
    models: LOCAL_MODELS,
    memory: { embeddings: 'local' },
    etl: {
      sourceDatabaseSecret: 'muster/local/etl-source-database',
      targetDatabaseSecret: 'muster/local/etl-target-database',
    },
  },
  dev: {
    removal: 'destroy',
    pointInTimeRecovery: false,
    blobRetentionDays: 30,
    archiveAfterDays: 7,
    logs: { retentionDays: 14 },
    // Everything goes when the stack goes: what is locked can't.
    audit: { lock: 'none' },
  },
  prod: {
    removal: 'retain',
    pointInTimeRecovery: true,
    blobRetentionDays: 365,
    logs: { retentionDays: 365 },
  },
};

export function settingsOfStage(stage: string): ConfigInput {
  return STAGES[stage] ?? STAGES.prod ?? {};
}
