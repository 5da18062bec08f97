import type { Config } from './config.ts';

/** The secrets that manifests may name in `reaches.secrets`, and the setting that says which one is meant. */
const SECRETS: Readonly<Record<string, (config: Config) => string | undefined>> = {
  'etl-source-database': (config) => config.etl.sourceDatabaseSecret,
  'etl-target-database': (config) => config.etl.targetDatabaseSecret,
};

/** The settings that manifests may name in `reaches.settings`. */
const SETTINGS: Readonly<Record<string, (config: Config) => string | undefined>> = {
  'etl-flights-source': (config) => (config.secretsManager && config.etl.sourceDatabaseSecret ? 'postgres' : undefined),
  'etl-target-schema': (config) =>
    config.secretsManager && config.etl.targetDatabaseSecret ? config.etl.targetSchema : undefined,
  'etl-weather-url': (config) => config.etl.weatherUrl,
  // On the emulator the demo's API is on this machine.
  'etl-rest-reach': ({ target, etl }) => (target === 'emulator' ? 'here' : etl.restReach),
  'database-pool-size': (config) => String(config.database.poolSize),
  'database-connection-timeout': (config) => String(config.database.connectionTimeoutSeconds),
};

function lookUp<T>(kind: string, table: Readonly<Record<string, T>>, name: string, agent: string): T {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found === undefined)
    throw new Error(
      `agent ${agent} reaches ${kind} "${name}", which no configuration knows; known: ${Object.keys(table).join(', ')}`,
    );
  return found;
}

/**
 * The name in Secrets Manager behind a manifest's name; undefined when the configuration leaves it out.
 * @throws Error naming agent and secret when no configuration knows the name
 */
export function secretBehind(config: Config, name: string, agent: string): string | undefined {
  const secret = lookUp('secret', SECRETS, name, agent);
  return config.secretsManager ? secret(config) : undefined;
}

/** The value behind a setting's name; undefined when the configuration leaves it out. @throws as secretBehind */
export function settingBehind(config: Config, name: string, agent: string): string | undefined {
  return lookUp('setting', SETTINGS, name, agent)(config);
}
