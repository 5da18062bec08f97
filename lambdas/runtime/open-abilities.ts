import { DataError } from '../contracts/errors.ts';
import type { Manifest } from '../contracts/manifest.ts';
import type { TaskAssignment } from '../contracts/messages.ts';
import { NO_USAGE, sumOf, type Usage } from '../contracts/usage.ts';
import type { Ability, AtWork, Durable, Taint } from './abilities.ts';
import type { AgentContext } from './agent.ts';
import type { Spending } from './budgets/guard.ts';
import type { Memory } from './memory.ts';
import type { Model } from './model.ts';
import type { ToolReach, Tools } from './tool.ts';

/*
 * How an agent gets more than plain work. Plain agents bring none of it along: this file only knows the types.
 *
 * To add an ability, such as `models`:
 *  1. its interface goes into a file of types of its own in lambdas/runtime (model.ts); agent.ts names it in
 *     AgentContext (`model(name: string): Model`), so that it is in the type of every agent;
 *  2. here: a field of AgentAbilities, its name in AbilityContext, a line in `openAbilities` that opens it, and one in
 *     `withoutAbilities` that refuses it (below, "models");
 *  3. its code goes into lambdas/runtime/models/: a function `(what it needs of the world) => PaidAbility<…>` (or
 *     Ability<…>, if its calls cost nothing). It is opened for each attempt, and imported by adapters and tests only;
 *  4. adapters/aws/agent-adapters.ts: a field of AgentAdapters, and its constant, which makes it once per container;
 *     agent-handler.ts: who needs it (NEEDS), and a line in `abilitiesOf`;
 *  5. lambdas/testing/in-process-abilities.ts: the same over ports in memory.
 */

/** What an agent's handler has adapters for, made once per container. */
export interface AgentAbilities {
  /** `ctx.step`, `wait`, `ask`, `call`, `delegate`, and AtWork.operation for all others. */
  readonly steps?: OpenSteps;
  /** What models and tools pay from. Opened after steps, since it may ask. */
  readonly budgets?: Ability<Spending>;
  /** `ctx.model`. */
  readonly models?: PaidAbility<(name: string) => Model>;
  /** `ctx.memory`. */
  readonly memory?: MemoryAbility;
  /** `ctx.tool` and `ctx.tools`. */
  readonly tools?: ToolAbility;
}

/** Brings in what came from outside, and can tell it from the rest. */
interface FromOutside {
  /** For one attempt, opened before everything else. */
  taint(): Taint;
}

export interface ToolAbility extends FromOutside {
  open(work: AtPaidWork, reach: ToolReach): Tools;
}

export interface MemoryAbility extends FromOutside {
  open(work: AtWork): Memory;
}

/** An attempt as models and tools see it. */
export interface AtPaidWork extends AtWork {
  /** Where the handler names no budgets, nothing is bounded. */
  readonly spending: Spending;
}
/** An ability whose calls cost something. */
export type PaidAbility<T> = (work: AtPaidWork) => T;

/** What is known of an attempt before anything is opened for it. */
export interface Attempt
  extends Omit<AtWork, 'durable' | 'taint' | 'operation' | 'leave' | 'callId' | 'used'>,
    Pick<TaskAssignment, 'answers' | 'answers_ref'> {
  /** Nobody can have recorded anything: the first delivery of the first attempt. */
  readonly isFirst: boolean;
  /** What it records is of use until then, ms. */
  readonly keepUntil: number;
}

/** The steps of one attempt. */
export interface StepsAtWork extends Pick<AtWork, 'durable' | 'operation' | 'leave' | 'callId'> {
  /**
   * Runs the handler until it ends, or until everything that it runs waits; operations under way may finish first.
   * @throws Delegated with the tasks that it waits for, and what `leave` was given
   */
  run<T>(work: () => Promise<T>): Promise<T>;
}
export type OpenSteps = (attempt: Attempt) => StepsAtWork;

/** What abilities put on `ctx`. */
export type AbilityContext = Pick<AgentContext, keyof Durable | 'model' | 'memory' | keyof Tools>;

/** What abilities bring into an attempt. */
export interface OpenAbilities {
  readonly context: AbilityContext;
  run<T>(work: () => Promise<T>): Promise<T>;
  /** What the attempt has used so far; undefined when nothing. */
  usage(): Usage | undefined;
}

/** Opens what the agent's manifest declares. The rest is there too, and says what is missing when it is used. */
export function openAbilities(abilities: AgentAbilities, attempt: Attempt, reach: ToolReach): OpenAbilities {
  const { manifest } = attempt;
  let usage = NO_USAGE;
  const steps = manifest.uses.steps ? abilities.steps?.(attempt) : undefined;
  const { durable, operation, leave, callId, run } = steps ?? plainWork(manifest);
  const work: AtWork = {
    ...attempt,
    ...{ durable, operation, leave, callId },
    taint: (abilities.tools ?? abilities.memory)?.taint() ?? NO_TAINT,
    used: (more) => {
      usage = sumOf(usage, { ...NO_USAGE, ...more });
    },
  };
  const paid: AtPaidWork = { ...work, spending: abilities.budgets?.(work) ?? UNBOUNDED };
  return {
    context: {
      ...withoutAbilities(manifest),
      ...durable,
      ...(manifest.uses.models.length > 0 && abilities.models && { model: abilities.models(paid) }),
      ...(Object.keys(manifest.uses.memory).length > 0 && abilities.memory && { memory: abilities.memory.open(work) }),
      ...(manifest.uses.tools.length > 0 && abilities.tools?.open(paid, reach)),
    },
    run,
    usage: () => (usage === NO_USAGE ? undefined : usage),
  };
}

/** What `ctx` has of abilities where the manifest declares none: each says what to add. */
export function withoutAbilities(manifest: Manifest): AbilityContext {
  return {
    ...plainWork(manifest).durable,
    model: (name) => {
      throw notDeclared(manifest, 'models', `models: ['${name}']`);
    },
    memory: noMemory(manifest),
    tool: async (tool: string | { readonly name: string }) => {
      throw notDeclared(manifest, 'tools', `tools: ['${typeof tool === 'string' ? tool : tool.name}']`);
    },
    tools: (name = '…') => {
      throw notDeclared(manifest, 'tools', `tools: ['${name}']`);
    },
  };
}

function noMemory(manifest: Manifest): Memory {
  const refuse = async (): Promise<never> => {
    throw notDeclared(manifest, 'memory', "memory: { own: 'read-write' }");
  };
  return {
    ...{ remember: refuse, rememberAll: refuse, recall: refuse, link: refuse },
    ...{ outcome: refuse, forget: refuse, note: refuse, notes: refuse },
  };
}

/** @param uses what its manifest must say, such as "steps: true" */
export function notDeclared({ name }: Manifest, what: string, uses: string): DataError {
  return new DataError(
    `${what}_not_declared`,
    `${name} does not declare ${what}: add uses: { ${uses} } to its manifest.ts and agentHandler(agent, { ${what} }) to its handler.ts`,
  );
}

/** For an agent without steps: its other abilities work, and remember nothing. */
function plainWork(manifest: Manifest): StepsAtWork {
  const notSteps = (): DataError => notDeclared(manifest, 'steps', 'steps: true');
  const refuse = async (): Promise<never> => {
    throw notSteps();
  };
  return {
    durable: { step: refuse, wait: refuse, ask: refuse, call: refuse, delegate: refuse },
    operation: async (_kind, _name, work) => work(),
    leave: async (reason: unknown) => {
      throw reason;
    },
    callId: () => {
      throw notSteps();
    },
    run: (work) => work(),
  };
}

const NO_TAINT: Taint = { mark() {}, isTainted: () => false };

const UNBOUNDED: Spending = {
  check: async () => {},
  reserve: async () => ({ settle: async () => {}, release: async () => {} }),
};
