import type { AgentParameters } from '../../lambdas/contracts/control.ts';
import type { Json, JsonObject } from '../../lambdas/contracts/json.ts';
import type { RegisteredAgent } from '../../lambdas/contracts/registry.ts';
import { paint, table, timeOf } from './text.ts';

/** What can be set of an agent, what is set, and what holds where nothing is. */
export function parametersTable(
  { schema, defaults }: NonNullable<RegisteredAgent['parameters']>,
  set: AgentParameters | undefined,
): string {
  const rows = Object.entries(objectOf(schema.properties)).map(([name, property]) => [
    name,
    textOf(set?.values[name]),
    textOf(defaults[name]),
    boundsOf(objectOf(property)),
  ]);
  const who = set ? paint.dim(`\nversion ${set.version}, set by ${set.set_by}${set.reason && `: ${set.reason}`}`) : '';
  return `${table(['parameter', 'set', 'default', 'what it is'], rows)}${who}`;
}

export function historyTable(history: readonly AgentParameters[], now: number): string {
  if (history.length === 0) return 'nothing was ever set';
  const rows = history.map(({ version, at, set_by, reason, values }) => [
    ...[String(version), timeOf(at, now), set_by, JSON.stringify(values), reason],
  ]);
  return table(['version', 'at', 'by', 'set', 'why'], rows);
}

function boundsOf({ description, minimum, maximum, enum: choices }: JsonObject): string {
  const most = typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  const range = minimum === undefined && most === undefined ? [] : [`${textOf(minimum)}–${textOf(most)}`];
  const among = Array.isArray(choices) ? [choices.map(textOf).join(' | ')] : [];
  return [...(typeof description === 'string' ? [description] : []), ...among, ...range].join('; ');
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function textOf(value: Json | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
