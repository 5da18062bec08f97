import { type BusEvent, type BusEventDetail, PLATFORM_SOURCE } from '../../contracts/bus-events.ts';
import type { AgentParameters } from '../../contracts/control.ts';
import { DataError } from '../../contracts/errors.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { RegisteredAgent } from '../../contracts/registry.ts';
import type { Bus, Clock, Logger, ParameterStore, Registry } from '../../runtime/ports.ts';
import { checkAgainst, didYouMean } from '../../workflow/definition.ts';

export interface SetParametersPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Pick<Registry, 'agents'>;
  readonly parameters: ParameterStore;
  readonly bus: Pick<Bus, 'publish'>;
}

type Request = BusEventDetail<'agent_parameters_requested'>;

/** Who asked, when, and by which event: a duplicate delivery has the same id. */
export interface Asked {
  readonly id: string;
  /** ms; undefined when the event does not say. */
  readonly at: number | undefined;
}

/** Others may set parameters of the same agent at the same time; more often than this, something is wrong. */
const TRIES = 10;
/** Versions that are looked through for one that is asked for, or for a repeat. */
const HISTORY = 1_000;

/**
 * Sets parameters of an agent: a new version of what is set, which its next tasks are given. What is wrong with the
 * request is answered with `request_refused`, and nothing changes. Repeating it is harmless.
 */
export async function setParameters(request: Request, asked: Asked, ports: SetParametersPorts): Promise<void> {
  const { agent, requested_by } = request;
  const at = new Date(ports.clock.now()).toISOString();
  try {
    const { version, values } = await write(request, asked, ports);
    ports.logger.info('parameters of an agent set by a person', { agent, version, requested_by });
    const detail = { agent, at, version, names: Object.keys(values), set_by: requested_by };
    await ports.bus.publish(PLATFORM_SOURCE, [{ name: 'agent_parameters_changed', detail }]);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const { code, message: reason } = error;
    ports.logger.info('request refused', { request: 'parameters', agent, requested_by, code, reason });
    const refused: BusEvent = {
      name: 'request_refused',
      detail: { request: 'parameters', about: agent, at, code, reason, requested_by },
    };
    await ports.bus.publish(PLATFORM_SOURCE, [refused]);
  }
}

/** @throws DataError saying what is wrong with the request */
async function write(request: Request, { id, at }: Asked, ports: SetParametersPorts): Promise<AgentParameters> {
  const agent = await agentOf(request, ports.registry);
  for (let tries = 1; ; tries++) {
    const history = await ports.parameters.history(agent.name, HISTORY);
    // Our own write had succeeded: what was left undone after it is done by writing it once more.
    const repeated = history.find((known) => known.request_id === id);
    const next = repeated ?? {
      version: (history[0]?.version ?? 0) + 1,
      values: valuesOf(request, history, agent),
      set_by: request.requested_by,
      reason: request.reason,
      at: at ?? ports.clock.now(),
      request_id: id,
    };
    if (await ports.parameters.put(agent.name, next)) return next;
    if (tries === TRIES) throw new Error(`the parameters of ${agent.name} are being set by too many at once`);
  }
}

async function agentOf({ agent: name }: Request, registry: Pick<Registry, 'agents'>): Promise<Adjustable> {
  const agents = await registry.agents();
  const agent = agents.find((known) => known.name === name);
  if (!agent) {
    const hint = didYouMean(
      name,
      agents.map((known) => known.name),
    );
    throw new DataError('unknown_agent', `no agent is called "${name}"${hint}`);
  }
  const { parameters } = agent;
  if (!parameters) throw new DataError('no_parameters', `agent ${name} has no parameters: its manifest names none`);
  return { name, parameters };
}

interface Adjustable {
  readonly name: string;
  readonly parameters: NonNullable<RegisteredAgent['parameters']>;
}

/** What is set from now on, once nothing speaks against it. */
function valuesOf(
  { values, version }: Request,
  history: readonly AgentParameters[],
  { name, parameters: { schema } }: Adjustable,
): JsonObject {
  if (values === undefined && version === undefined) {
    throw new DataError('nothing_to_set', `say what to set of ${name}: values, or a version to go back to`);
  }
  const before = history[0]?.values ?? {};
  const next = { ...(version === undefined ? before : versionOf(version, history, name)) };
  const known = namesOf(schema);
  for (const [key, value] of Object.entries(values ?? {})) {
    if (!known.includes(key)) {
      const all = `; it has ${known.join(', ')}`;
      throw new DataError('unknown_parameter', `${name} has no parameter "${key}"${didYouMean(key, known) || all}`);
    }
    if (value === null) delete next[key];
    else next[key] = value;
  }
  checkAgainst(schema, next, 'values', `the parameters of ${name}`);
  return next;
}

function versionOf(version: number, history: readonly AgentParameters[], name: string): JsonObject {
  if (version === 0) return {};
  const found = history.find((known) => known.version === version);
  if (found) return found.values;
  const latest = history[0] ? `the latest is ${history[0].version}` : 'nothing was ever set';
  throw new DataError('unknown_version', `the parameters of ${name} have no version ${version}; ${latest}`);
}

function namesOf({ properties }: JsonObject): string[] {
  return typeof properties === 'object' && properties !== null && !Array.isArray(properties)
    ? Object.keys(properties)
    : [];
}
