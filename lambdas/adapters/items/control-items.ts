import { AgentParameters, Hold } from '../../contracts/control.ts';
import { type Item, number, packed, readText, text, unpacked } from './attributes.ts';
import { versionKey } from './registry-items.ts';

export const HOLDS = 'HOLD';
/** The newest parameters of every agent. */
export const SET = 'SET';
export const parametersKey = (agent: string): string => `${SET}#${agent}`;

/** A scope that was let go keeps a row without a hold, so that a request from before can't put it on again. */
export function encodeHold(scope: string, hold: Hold | undefined, at: number): Item {
  return { pk: text(HOLDS), sk: text(scope), at: number(at), ...(hold && { doc: packed(JSON.stringify(hold)) }) };
}

export function decodeHold(item: Item): readonly [scope: string, hold: Hold] | undefined {
  return item.doc && [readText(item, 'sk'), Hold.parse(unpacked(item, 'doc'))];
}

export function encodeParameters(agent: string, parameters: AgentParameters): Item {
  const key = { pk: text(parametersKey(agent)), sk: text(versionKey(parameters.version)) };
  return { ...key, doc: packed(JSON.stringify(parameters)) };
}

/** The row that `Registry.agents` reads. */
export function encodeNewestParameters(agent: string, parameters: AgentParameters): Item {
  const { version } = parameters;
  return { pk: text(SET), sk: text(agent), version: number(version), doc: packed(JSON.stringify(parameters)) };
}

export function decodeParameters(item: Item): AgentParameters {
  return AgentParameters.parse(unpacked(item, 'doc'));
}
