import { RunEdit } from '../../lambdas/contracts/control.ts';
import { issuesOf } from '../../lambdas/contracts/errors.ts';
import type { Json, JsonObject } from '../../lambdas/contracts/json.ts';
import { CliError } from '../cli-error.ts';
import { jsonArgument, jsonOrText } from './json-argument.ts';

/** How changes of a run are given on the command line. */
export interface EditOptions {
  /** A whole edit as JSON; the other options come on top of it. */
  readonly edit?: string;
  /** JSON: the run's input. */
  readonly input?: string;
  /** `TASK=JSON`: the task's input. */
  readonly taskInput?: readonly string[];
  /** `TASK=NAME`: only this agent. */
  readonly agent?: readonly string[];
  /** `TASK`: without what it remembers. */
  readonly anew?: readonly string[];
  /** Of the definition. */
  readonly version?: string;
  /** `AGENT=JSON`: the agent's parameters, for this run only. */
  readonly parameters?: readonly string[];
  /** `AGENT.NAME=VALUE`: one of them. */
  readonly set?: readonly string[];
}

/** The edit that the options describe; undefined when they change nothing. @throws CliError naming what is wrong */
export function editOf(options: EditOptions): RunEdit | undefined {
  const whole = options.edit === undefined ? {} : objectIn('--edit', options.edit);
  const tasks: Record<string, JsonObject> = { ...(asObject(whole.tasks) as Record<string, JsonObject>) };
  const change = (task: string, fields: JsonObject) => {
    tasks[task] = { ...tasks[task], ...fields };
  };
  for (const [task, value] of pairs('--task-input', options.taskInput))
    change(task, { input: jsonArgument('--task-input', value) });
  for (const [task, agent] of pairs('--agent', options.agent)) change(task, { agent });
  for (const task of options.anew ?? []) change(task, { anew: true });
  const parameters: JsonObject = { ...asObject(whole.parameters) };
  for (const [agent, value] of pairs('--parameters', options.parameters))
    parameters[agent] = jsonArgument('--parameters', value);
  for (const [path, value] of pairs('--set', options.set)) {
    const [, agent, name] = /^([^.]+)\.(.+)$/.exec(path) ?? [];
    if (agent === undefined || name === undefined)
      throw new CliError(`--set ${path} names no parameter of an agent`, 'such as --set etl-extractor.rest_tries=2');
    parameters[agent] = { ...asObject(parameters[agent]), [name]: jsonOrText(value) };
  }
  const edit = {
    ...whole,
    ...(Object.keys(tasks).length > 0 && { tasks }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(options.input !== undefined && { input: jsonArgument('--input', options.input) }),
    ...(options.version !== undefined && { version: Number(options.version) }),
  };
  if (Object.keys(edit).length === 0) return undefined;
  const parsed = RunEdit.safeParse(edit);
  if (parsed.success) return parsed.data;
  throw new CliError(`the changes are not valid: ${issuesOf(parsed.error)}`, 'nothing was changed; see --help');
}

function pairs(option: string, given: readonly string[] = []): Array<[name: string, value: string]> {
  return given.map((text) => {
    const at = text.indexOf('=');
    if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
    throw new CliError(`${option} ${text} names nothing to change`, `such as ${option} name=value`);
  });
}

function objectIn(option: string, given: string): JsonObject {
  const value = jsonArgument(option, given);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new CliError(`${option} is no JSON object`, `such as ${option} '{"input": {"day": "2026-01-01"}}'`);
}

function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
