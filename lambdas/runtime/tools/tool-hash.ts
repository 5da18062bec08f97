import { hash } from 'node:crypto';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';

/** All of a tool that a model, or who calls it, goes by. */
export interface ToolFace {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly input: JsonObject;
  readonly output: JsonObject | undefined;
}

/** Another one as soon as a word of the description or a field of a schema differs. */
export function toolHash({ name, version, description, input, output }: ToolFace): string {
  return `sha256:${digestOf(['muster-tool', 1, name, version, description, input, output ?? null])}`;
}

/** Of any JSON; the order of keys does not count. */
export const digestOf = (value: Json): string => hash('sha256', canonicalJson(value), 'hex');
