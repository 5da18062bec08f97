import { BlobRef } from '../../contracts/blob.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { DataError } from '../../contracts/errors.ts';
import { AgentHealth } from '../../contracts/health.ts';
import { hotSchema } from '../../contracts/hot-schema.ts';
import { LIMITS } from '../../contracts/limits.ts';
import { AgentStats } from '../../contracts/messages.ts';
import { AgentLoad, AgentRegistration } from '../../contracts/registry.ts';
import { WorkflowDefinition } from '../../contracts/workflow-definition.ts';
import type { Blobs } from '../../runtime/ports.ts';
import { sha256 } from '../sha256.ts';
import { type Item, number, packed, readNumber, readText, text, unpacked } from './attributes.ts';

const Registration = hotSchema(AgentRegistration);
const Definition = hotSchema(WorkflowDefinition);
const Exceeded = AgentLoad.shape.exceeded;

/** Blobs of definitions lie under a prefix that no tenant can have. */
const DEFINITION_PREFIX = '_definitions';

export const definitionKey = (name: string): string => `DEF#${name}`;
export const versionKey = (version: number): string => `V#${String(version).padStart(8, '0')}`;

export function encodeAgent(agent: AgentRegistration): Item {
  return { pk: text('AGENT'), sk: text(agent.name), doc: packed(JSON.stringify(agent)) };
}

export function decodeAgent(item: Item): AgentRegistration {
  return Registration.parse(unpacked(item, 'doc'));
}

/**
 * What is known of an agent: what the monitor measured and judged, and what it said of itself. One that nobody has
 * measured, but something else is known of, has an empty inbox as of 1970: too old to be counted as load.
 */
export function decodeLoad(item: Item): AgentLoad {
  return {
    queue_depth: item.queue_depth ? readNumber(item, 'queue_depth') : 0,
    measured_at: item.measured_at ? readNumber(item, 'measured_at') : 0,
    ...(item.stats && { stats: AgentStats.parse(JSON.parse(readText(item, 'stats'))) }),
    ...(item.health && { health: AgentHealth.parse(JSON.parse(readText(item, 'health'))) }),
    ...(item.exceeded && { exceeded: Exceeded.parse(JSON.parse(readText(item, 'exceeded'))) }),
  };
}

/**
 * An agent's health as readers take it. What people write is cut to that: one row which nobody can read would hide every
 * agent.
 */
export function boundedHealth({ set_by, reason, ...health }: AgentHealth): AgentHealth {
  return {
    ...health,
    ...(set_by !== undefined && { set_by: set_by.slice(0, 128) }),
    ...(reason !== undefined && { reason: reason.slice(0, 500) }),
  };
}

/** A definition's item and digest; one over `LIMITS.inlineDocument` goes to the blob bucket first. */
export async function encodeDefinition(
  definition: WorkflowDefinition,
  blobs: Pick<Blobs, 'put'>,
): Promise<{ item: Item; digest: string }> {
  const json = canonicalJson(definition);
  const digest = sha256(json);
  const large = json.length > LIMITS.inlineDocument;
  const item: Item = {
    pk: text(definitionKey(definition.name)),
    sk: text(versionKey(definition.version)),
    digest: text(digest),
    ...(large
      ? { ref: text(JSON.stringify(await blobs.put(DEFINITION_PREFIX, JSON.parse(json)))) }
      : { doc: packed(json) }),
  };
  return { item, digest };
}

export async function decodeDefinition(item: Item, blobs: Pick<Blobs, 'get'>): Promise<WorkflowDefinition> {
  const document = item.ref ? await blobs.get(BlobRef.parse(JSON.parse(readText(item, 'ref')))) : unpacked(item, 'doc');
  return Definition.parse(document);
}

/** Which version of a definition is the latest. */
export function encodeLatest(definition: WorkflowDefinition): Item {
  return { pk: text('DEFS'), sk: text(definition.name), version: number(definition.version) };
}

/** What registering another text under the same version answers. */
export function definitionChanged(definition: WorkflowDefinition): DataError {
  const { name, version } = definition;
  const message = `version ${version} of ${name} is registered already with other content: raise its version`;
  return new DataError('definition_changed', message, { name, version });
}
