import * as z from 'zod';
import {
  DataError,
  type ErrorClass,
  NonRecoverableError,
  RecoverableError,
  SystemError,
} from '../../../lambdas/contracts/errors.ts';
import type { Json } from '../../../lambdas/contracts/json.ts';
import { defineManifest } from '../../../lambdas/contracts/manifest.ts';
import { type Agent, type AgentContext, defineAgent } from '../../../lambdas/runtime/agent.ts';
import { taskDefinition } from '../programs/compile.ts';
import { findPlan, planOfTask } from '../programs/find-plan.ts';
import {
  AGENTS,
  type Behaviour,
  GENEROUS,
  type Program,
  RETRY,
  type TaskPlan,
  UNDO_TYPE,
  WORK_TYPES,
  type WorkEffects,
} from '../programs/plan.ts';
import { workResult } from '../programs/work-result.ts';
import { answersTo } from './delegating.ts';
import { effectKey } from './ledger.ts';
import { type AtWork, type Moment, theStage } from './stage.ts';
import { TUNABLE, type Tuned } from './tunable.ts';

/** The setting by which an agent's code learns in which container it runs. */
export const CONTAINER = 'container';
const IMPACT = 'a simulated agent fails, and the simulation notices';
const Inputs = z.unknown();

interface Given {
  readonly path: string;
  readonly reads?: readonly Json[];
  readonly item?: Json;
  readonly index?: Json;
  readonly answer?: Json;
}

/** All agents of the simulation; made once, for they look at the stage for what to do. */
export const FLEET: readonly Agent[] = [
  // So little at once that wide graphs make tasks share messages.
  ...workers('none', { timeoutSeconds: 10, concurrency: 2, batchSize: 2 }),
  ...workers('idempotent', { timeoutSeconds: 120, concurrency: 6 }),
  ...workers('outside', { timeoutSeconds: 10, concurrency: 6 }),
  ...['undo-a', 'undo-b'].map((name) =>
    agent(name, UNDO_TYPE, 'idempotent', { timeoutSeconds: 10, concurrency: 3 }, undo),
  ),
];

interface Sizing {
  readonly timeoutSeconds: number;
  readonly concurrency: number;
  readonly batchSize?: number;
}

function workers(effects: WorkEffects, sizing: Sizing): Agent[] {
  return AGENTS[effects].map((name) => agent(name, WORK_TYPES[effects], effects, sizing, work));
}

type Handle = (given: Given, ctx: AgentContext, name: string, effects: WorkEffects) => Promise<Json>;

function agent(name: string, type: string, effects: WorkEffects, sizing: Sizing, handle: Handle): Agent {
  const manifest = defineManifest({
    ...{ name, description: `does ${type}`, errorImpact: IMPACT, effects, ...sizing },
    retry: { maxAttempts: GENEROUS, ...RETRY },
    reaches: { settings: [CONTAINER] },
    parameters: TUNABLE,
    uses: { steps: true },
    capabilities: { [type]: { description: type, input: Inputs, output: Inputs } },
  });
  return defineAgent(manifest, { [type]: (input, ctx) => handle(input as Given, ctx, name, effects) });
}

async function work(given: Given, ctx: AgentContext, name: string, effects: WorkEffects): Promise<Json> {
  const stage = theStage();
  const [path = '', fallback] = given.path.split('|');
  const cut = path.lastIndexOf('/');
  const program = stage.programs.get(path.slice(0, cut));
  const plan = program && findPlan(program, path.slice(cut + 1));
  if (!program || plan?.kind === undefined) throw new DataError('no_such_plan', `nobody planned ${given.path}`);
  const at = atWork(ctx, effects);
  stage.executed(at, ctx.clock.now() >= ctx.deadline);
  stage.tuned(at, name, ctx.parameters as Tuned);
  await mayBefall(at, 'begin', ctx);
  await pass(ctx, stage.effortMs());
  const standsIn = fallback !== undefined;
  const own = !standsIn && plan.kind === 'type' ? plan.work : undefined;
  const behaviour = standsIn ? fallbackBehaviour(plan) : own?.behaviour;
  if (behaviour && own?.early) await behave(behaviour, at, ctx, name);
  const answers = own?.rounds && (await answersTo(program, own, ctx));
  if (answers) await inSteps(answers.length, ctx);
  if (behaviour && !own?.early) await behave(behaviour, at, ctx, name);
  if (stage.isDown()) throw new SystemError('service_down', 'the service that everybody needs is down');
  const upstream = await ctx.upstream();
  const { item, index } = given;
  const inputs = {
    path: given.path,
    reads: given.reads ?? [],
    upstream,
    ...(item !== undefined && { item }),
    ...(index !== undefined && { index }),
    ...(answers && { answers }),
  };
  const result = workResult(inputs, !standsIn && plan.kind === 'type' ? plan.work.pad : 0);
  if (!standsIn) await takeEffect(at, result, ctx);
  if (!standsIn && plan.kind === 'type' && plan.work.adds.length > 0) {
    ctx.addTasks(plan.work.adds.map((task) => taskDefinition(program, task)));
  }
  return result;
}

async function undo(given: Given, ctx: AgentContext, _name: string, effects: WorkEffects): Promise<Json> {
  const stage = theStage();
  const at = atWork(ctx, effects);
  stage.executed(at, ctx.clock.now() >= ctx.deadline);
  await mayBefall(at, 'begin', ctx);
  await pass(ctx, stage.effortMs());
  const cut = given.path.lastIndexOf('/');
  const program = stage.programs.get(given.path.slice(0, cut));
  const failures = program ? (planOfTask(program, ctx.taskId)?.undo?.failures ?? 0) : 0;
  if (ctx.attempt <= failures) throw new RecoverableError('sim_undo', 'undoing failed');
  await takeEffect(at, given.answer ?? null, ctx);
  return { undone: given.answer ?? null };
}

function atWork(ctx: AgentContext, effects: WorkEffects): AtWork {
  const [process = '', container = '0'] = (ctx.setting(CONTAINER) ?? '').split(' ');
  const { runId, taskId, attempt } = ctx;
  return { container: { process, container: Number(container) }, runId, taskId, attempt, effects };
}

async function takeEffect(at: AtWork, result: Json, ctx: AgentContext): Promise<void> {
  if (at.effects === 'none') return;
  const { ledger } = theStage();
  const key = effectKey(at.runId, at.taskId);
  await mayBefall(at, 'before_effect', ctx);
  if (at.effects === 'outside') ledger.charge(key, result);
  else ledger.put(key, result);
  await mayBefall(at, 'after_effect', ctx);
}

/** Goes on in steps, whose records must be what they were however often it runs. */
async function inSteps(count: number, ctx: AgentContext): Promise<void> {
  const first = await ctx.step('count', () => count);
  const [second, third] = await Promise.all([ctx.step('left', () => first + 1), ctx.step('right', () => first + 2)]);
  if (second !== count + 1 || third !== count + 2)
    throw new NonRecoverableError('sim_steps', `${count} answers were remembered as ${first}, ${second}, ${third}`);
}

const fallbackBehaviour = ({ fallback }: TaskPlan): Behaviour | undefined =>
  fallback && 'work' in fallback ? fallback.work : undefined;

async function behave(behaviour: Behaviour, at: AtWork, ctx: AgentContext, name: string): Promise<void> {
  const stage = theStage();
  switch (behaviour.does) {
    case 'succeed':
      return;
    case 'run_long':
      return pass(ctx, behaviour.ms);
    case 'refuse':
      if (behaviour.agent === name) throw new NonRecoverableError('sim_refused', `${name} can't do this`);
      return;
    case 'fail':
      if (at.attempt <= behaviour.times) throw failure(behaviour.with);
      return;
    case 'crash':
      if (at.attempt > behaviour.times) return;
      stage.kills(at);
      return forEver();
    case 'hang':
      if (at.attempt > behaviour.times) return;
      stage.hangs(at);
      return forEver();
  }
}

function failure(kind: ErrorClass): Error {
  const message = `a simulated failure of class ${kind}`;
  switch (kind) {
    case 'recoverable':
      return new RecoverableError('sim_recoverable', message);
    case 'non_recoverable':
      return new NonRecoverableError('sim_non_recoverable', message);
    case 'data':
      return new DataError('sim_data', message);
    case 'system':
      return new SystemError('sim_system', message);
  }
}

async function mayBefall(at: AtWork, moment: Moment, ctx: AgentContext): Promise<void> {
  const stage = theStage();
  const mishap = stage.befall(at, moment);
  if (!mishap) return;
  if ('dies' in mishap) {
    stage.kills(at);
    return forEver();
  }
  stage.freeze(at.container, mishap.stands);
  await pass(ctx, mishap.stands);
}

/** Time that passes at work; ends with the process, never by the attempt's end. */
function pass(ctx: AgentContext, ms: number): Promise<void> {
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve) => void ctx.clock.after(ms, resolve));
}

const forEver = (): Promise<never> => new Promise(() => {});

export const programsByName = (programs: readonly Program[]): Map<string, Program> =>
  new Map(programs.map((program) => [program.name, program]));
