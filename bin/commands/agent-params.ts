import { setTimeout as sleep } from 'node:timers/promises';
import { BUS_EVENTS } from '../../lambdas/contracts/bus-events.ts';
import type { AgentParameters } from '../../lambdas/contracts/control.ts';
import { issuesOf, MusterError } from '../../lambdas/contracts/errors.ts';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import type { RegisteredAgent } from '../../lambdas/contracts/registry.ts';
import { checkAgainst, didYouMean } from '../../lambdas/workflow/definition.ts';
import { CliError } from '../cli-error.ts';
import { readRefusal } from '../cloud/read-rejection.ts';
import { publish } from '../cloud/request-run.ts';
import { pauseOf } from '../cloud/run-reader.ts';
import { type Session, withSession } from '../cloud/session.ts';
import { historyTable, parametersTable } from '../views/parameters-table.ts';
import { actor, jsonOrText } from './json-argument.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

export interface ParamsOptions extends JsonOption {
  /** Names to take back. */
  readonly reset?: readonly string[];
  /** A version to go back to; 0: the defaults. */
  readonly to?: string;
  readonly history?: boolean;
  readonly reason: string;
  readonly as?: string;
}

const WAIT_MS = 20_000;
const ASK_MONITOR_EVERY_MS = 4_000;
const HISTORY = 50;

/** `muster agents params NAME [k=v …]`: shows what can be set of an agent and what is, or sets it and waits until it is. */
export function agentParams(
  name: string,
  assignments: readonly string[],
  options: ParamsOptions,
  globals: GlobalOptions,
): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const agent = await agentCalled(session, name);
    const history = await session.parameters.history(name, HISTORY);
    if (options.history) return options.json ? printJson(history) : print(historyTable(history, Date.now()));
    const values = valuesOf(assignments, options.reset);
    if (Object.keys(values).length === 0 && options.to === undefined) {
      if (options.json) return printJson({ agent: name, parameters: agent.parameters, set: history[0] ?? null });
      return print(parametersTable(agent.parameters, history[0]));
    }
    checkValues(name, agent.parameters, values);
    const set = await ask(session, name, values, history[0], options);
    if (options.json) return printJson({ agent: name, set });
    print(`version ${set.version} of the parameters of ${name} holds for the tasks it is given from now on`);
    print(parametersTable(agent.parameters, set));
  });
}

interface Adjustable {
  readonly parameters: NonNullable<RegisteredAgent['parameters']>;
}

async function agentCalled({ registry }: Session, name: string): Promise<Adjustable> {
  const agents = await registry.agents();
  const agent = agents.find((known) => known.name === name);
  const able = agents.flatMap(({ name: other, parameters }) => (parameters ? [other] : []));
  const next = able.length === 0 ? 'no agent has parameters' : `these have parameters: ${able.join(', ')}`;
  if (!agent) {
    const names = agents.map((known) => known.name);
    throw new CliError(`no agent is called "${name}"${didYouMean(name, names)}`, next);
  }
  if (!agent.parameters) throw new CliError(`agent ${name} has no parameters: its manifest names none`, next);
  return { parameters: agent.parameters };
}

/** @throws CliError when one is no `name=value` */
export function valuesOf(assignments: readonly string[], reset: readonly string[] = []): JsonObject {
  const values: JsonObject = Object.fromEntries(reset.map((name) => [name, null]));
  for (const text of assignments) {
    const at = text.indexOf('=');
    if (at < 1) throw new CliError(`"${text}" sets nothing`, 'write NAME=VALUE, such as rest_tries=2');
    values[text.slice(0, at)] = jsonOrText(text.slice(at + 1));
  }
  return values;
}

/** What is wrong on its face is said at once; the monitor checks it again. */
function checkValues(name: string, { schema }: NonNullable<RegisteredAgent['parameters']>, values: JsonObject): void {
  const { properties } = schema;
  const known = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  const odd = Object.keys(values).find((key) => !known.includes(key));
  if (odd !== undefined)
    throw new CliError(`${name} has no parameter "${odd}"${didYouMean(odd, known)}`, `it has ${known.join(', ')}`);
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
  try {
    checkAgainst({ ...schema, required: [] }, given, 'values', `the parameters of ${name}`);
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    throw new CliError(error.message, 'nothing was set', { cause: error });
  }
}

async function ask(
  session: Session,
  name: string,
  values: JsonObject,
  before: AgentParameters | undefined,
  options: ParamsOptions,
): Promise<AgentParameters> {
  const detail = BUS_EVENTS.agent_parameters_requested.safeParse({
    ...{ agent: name, reason: options.reason, requested_by: actor(options.as) },
    ...(Object.keys(values).length > 0 && { values }),
    ...(options.to !== undefined && { version: Number(options.to) }),
  });
  if (!detail.success) throw new CliError(`this can't be asked for: ${issuesOf(detail.error)}`);
  const sentAt = Date.now();
  const id = await publish(session, 'agent_parameters_requested', detail.data);
  let askMonitorAt = sentAt + ASK_MONITOR_EVERY_MS;
  while (Date.now() < sentAt + WAIT_MS) {
    await sleep(pauseOf(session));
    const since = (await session.parameters.history(name, HISTORY)).filter(
      ({ version }) => version > (before?.version ?? 0),
    );
    const ours = since.find(({ request_id }) => request_id === id);
    if (ours) return ours;
    if (Date.now() < askMonitorAt) continue;
    askMonitorAt = Date.now() + ASK_MONITOR_EVERY_MS;
    const refused = await readRefusal(session, name, sentAt - 1_000);
    if (refused !== undefined) throw new CliError(`the parameters were not set: ${refused}`, 'nothing was changed');
  }
  throw new CliError(`the parameters of ${name} are not set yet`, `look again: muster agents params ${name}`);
}
