import { Config } from './config-schema.ts';
import { settingsFromEnvironment, VARIABLE_OF } from './environment-variables.ts';
import { settingsOfStage } from './stages.ts';

export type { Config } from './config-schema.ts';

/** The configuration can't be used; the message names each value by its path. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

type Tree = { readonly [key: string]: unknown };
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

function merge(base: Tree, over: Tree): Tree {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    // Each model and each server is named as a whole: half of one and half of another are none.
    if (key === 'models' || key === 'mcp')
      merged[key] = isTree(below) && isTree(value) ? { ...below, ...value } : value;
    else merged[key] = isTree(below) && isTree(value) ? merge(below, value) : value;
  }
  return merged;
}

/**
 * The configuration of a stage: its defaults, then the environment variables, then `overrides` (the CDK context `config`).
 * @throws ConfigurationError naming the path of every bad value, and the variable it came from
 */
export function loadConfig(
  stage: string,
  environment: Readonly<Record<string, string | undefined>> = {},
  overrides: unknown = {},
): Config {
  const problems: string[] = [];
  const fromEnvironment = settingsFromEnvironment(environment, problems);
  if (!isTree(overrides)) problems.push('config: is a JSON object such as {"etl":{"weatherUrl":"https://…"}}');
  const settings = settingsOfStage(stage);
  // The shell's account and region are those of AWS; an emulator has its own.
  const place = settings.target === 'emulator' ? { account: settings.account, region: settings.region } : {};
  const merged = [fromEnvironment, place, isTree(overrides) ? overrides : {}].reduce(merge, { ...settings, stage });
  const parsed = Config.safeParse(merged);
  for (const issue of parsed.error?.issues ?? []) {
    const path = issue.path.join('.') || '(root)';
    const variable = VARIABLE_OF[path];
    const from = variable !== undefined && environment[variable] ? ` (from ${variable})` : '';
    problems.push(`${path}${from}: ${issue.message}`);
  }
  if (parsed.data === undefined || problems.length > 0)
    throw new ConfigurationError(`the configuration of stage "${stage}" can't be used:\n  ${problems.join('\n  ')}`);
  return parsed.data;
}
