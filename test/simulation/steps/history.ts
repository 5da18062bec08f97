import * as z from 'zod';
import type { Json } from '../../../lambdas/contracts/json.ts';
import type { Answer, TaskUpdate } from '../../../lambdas/contracts/messages.ts';
import type { TaskDefinition } from '../../../lambdas/contracts/workflow-definition.ts';
import type { Random } from '../random.ts';
import { type Delivery, deliver } from './deliveries.ts';
import { type Outside, playProgram } from './play-program.ts';
import { type Operation, operationsOf } from './program.ts';
import { atRest, type Container, type Death, MOST_AWAITS, newContainer, stepsWorld } from './world.ts';

/** What befalls the deliveries of a task, one after the other; those beyond the list go well. */
export type Fate = { readonly diesAt: number } | 'slow' | 'twice' | 'well';

export interface History {
  readonly violations: readonly string[];
  /** Where its processes died. */
  readonly deaths: readonly Death[];
  /** Awaits of each delivery, in their order. */
  readonly awaits: readonly number[];
  /**
   * What steps did outside: how often, and again since a crash came before its record. Duplicates are those that a service
   * which is given the step's key would not have known for what they are.
   */
  readonly effects: { readonly done: number; readonly again: number; readonly duplicates: number };
  /** What tools with outside effects did. */
  readonly payments: { readonly done: number; readonly duplicates: number };
}

const MOST_DELIVERIES = 400;
/** Everything here goes on by microtasks and ticks, and Node's loop turns when none of them is left. */
const nothingLeft = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Plays one task from its first delivery to its end: coordinator and queue are played by the book. */
export async function playHistory(
  program: readonly Operation[],
  fates: readonly Fate[],
  random: Random,
): Promise<History> {
  const world = stepsWorld(random);
  const violations: string[] = [];
  const operations = new Map(
    operationsOf(program).flatMap((one) => (one.do === 'all' ? [] : [[one.name, one] as const])),
  );
  const told = new Map<string, string>();
  const keys = new Map<string, Set<string>>();
  const asked = new Map<string, string>();
  const answers: Record<string, Answer> = {};
  const containers: Container[] = [];
  const slow: Array<Promise<void>> = [];
  let current: Delivery = { attempt: 1, receiveCount: 1, answers: {} };
  let end: TaskUpdate | undefined;

  function report(update: TaskUpdate): void {
    // The first report of an attempt counts.
    if (end || update.attempt !== current.attempt) return;
    if (update.status === 'delegated') {
      for (const task of update.tasks) note(task);
      current = { attempt: current.attempt + 1, receiveCount: 1, answers: { ...answers } };
    } else if (update.status === 'failed' && update.error.class === 'recoverable') {
      current = { attempt: current.attempt + 1, receiveCount: 1, answers: { ...answers } };
    } else end = update;
  }

  const pays = [...operations.values()].some((operation) => operation.do === 'pay');
  function payOnce(name: string): string {
    const times = (world.paid.get(name) ?? 0) + 1;
    world.paid.set(name, times);
    if (times > 1) violations.push(`${name} was paid ${times} times`);
    return `paid ${name}`;
  }

  function note(task: TaskDefinition): void {
    const key = task.id.slice('a..'.length);
    if (key in answers) violations.push(`${task.id} was delegated again`);
    world.clock.advance((task.sleep?.seconds ?? 0) * 1_000);
    const payment = PAYMENT.safeParse(task.ask?.shows);
    if (payment.success) {
      answers[key] = foundOut(Arguments.parse(JSON.parse(payment.data.arguments)).name, world.paid);
      return;
    }
    answers[key] = answerTo(task, operations);
    const name = nameOf(task);
    if (name === undefined) return;
    const before = asked.get(name);
    if (before !== undefined && before !== task.id)
      violations.push(`${name} was delegated as ${before} and as ${task.id}`);
    asked.set(name, task.id);
  }

  async function one(delivery: Delivery, container: Container): Promise<void> {
    containers.push(container);
    // Only of its very first message does it go without looking.
    if (delivery.attempt > 1 || delivery.receiveCount > 1) container.readUpTo = world.records();
    const delivered = deliver(
      delivery,
      container,
      world,
      (ctx, steps) => {
        const outside: Outside = {
          effect(name) {
            if (world.hasRead(container, name))
              violations.push(`${name} was done again, though its record had been read`);
            return world.gated(container, 'effect of a step', () => {
              keys.set(name, (keys.get(name) ?? new Set()).add(steps().callId()));
              world.effects.set(name, (world.effects.get(name) ?? 0) + 1);
              return world.effects.get(name) ?? 0;
            });
          },
          told(name, what) {
            const text = JSON.stringify(what);
            const before = told.get(name) ?? text;
            if (before !== text)
              violations.push(`${name} was told as ${before.slice(0, 80)} and as ${text.slice(0, 80)}`);
            told.set(name, before);
            const operation = operations.get(name);
            const isGood = operation?.do === 'pay' || (operation?.do === 'step' && !operation.fails);
            if (isGood && text.startsWith('"failed')) violations.push(`${name} was told ${text}`);
          },
        };
        return playProgram(program, ctx, outside);
      },
      pays ? (name) => world.gated(container, 'payment', () => payOnce(name)) : undefined,
      report,
    );
    let isOver = false;
    const over = delivered.then(() => {
      isOver = true;
    });
    await Promise.race([over, nothingLeft()]);
    if (!isOver || container.awaits >= MOST_AWAITS)
      violations.push(`a delivery of attempt ${delivery.attempt} never ends`);
  }

  for (let count = 0; !end && violations.length === 0; count += 1) {
    if (count === MOST_DELIVERIES) {
      violations.push('the task does not come to its end');
      break;
    }
    const fate = fates[count] ?? 'well';
    const delivery = current;
    const container = newContainer(typeof fate === 'object' ? fate.diesAt : undefined, fate === 'slow');
    if (fate === 'slow') {
      slow.push(one(delivery, container));
      for (let turn = random.int(40); turn > 0; turn -= 1) await atRest();
    } else if (fate === 'twice') {
      // The coordinator may send a message twice; queues too.
      await Promise.all([one(delivery, container), one(delivery, newContainer())]);
    } else await one(delivery, container);
    if (current === delivery) current = { ...delivery, receiveCount: delivery.receiveCount + 1 };
    // It was told, but nobody has acknowledged the message.
    else if (!container.isAlive && random.chance(0.3))
      await one({ ...delivery, receiveCount: delivery.receiveCount + 1 }, newContainer());
  }
  await Promise.all(slow);

  if (end?.status === 'completed') {
    const { result } = end;
    const value: Json = 'value' in result ? result.value : await world.blobs.get(result.ref);
    const expected = expectedOf(program, told);
    if (JSON.stringify(value) !== expected)
      violations.push(`ended with ${JSON.stringify(value).slice(0, 300)} instead of ${expected.slice(0, 300)}`);
  } else if (end)
    violations.push(`ended as ${end.status}: ${'error' in end ? `${end.error.code} ${end.error.message}` : ''}`);
  for (const [name, { do: what }] of operations)
    if (what === 'pay' && end?.status === 'completed' && world.paid.get(name) !== 1)
      violations.push(`${name} was paid ${world.paid.get(name) ?? 0} times`);
  for (const [name, used] of keys)
    if (used.size > 1) violations.push(`${name} was done under several keys: ${[...used].join(', ')}`);
  return {
    violations,
    deaths: containers.flatMap(({ death }) => death ?? []),
    awaits: containers.map(({ awaits }) => awaits),
    effects: {
      done: sumOf(world.effects.values()),
      again: sumOf(world.effects.values()) - world.effects.size,
      duplicates: sumOf([...keys.values()].map(({ size }) => size)) - keys.size,
    },
    payments: { done: sumOf(world.paid.values()), duplicates: sumOf(world.paid.values()) - world.paid.size },
  };
}

const sumOf = (numbers: Iterable<number>): number => [...numbers].reduce((sum, one) => sum + one, 0);

/** What is shown to the person who is asked what became of a payment. */
const PAYMENT = z.object({ arguments: z.string() });
const Arguments = z.object({ name: z.string() });

/** A person looks, and finds out. */
function foundOut(name: string, paid: ReadonlyMap<string, number>): Answer {
  const done = { decision: 'done', comment: JSON.stringify(`paid ${name}`), decided_by: 'ann' };
  return { result: { value: paid.has(name) ? done : { decision: 'repeat', decided_by: 'ann' } } };
}

/** What the handler must have ended with, by what it was told. */
function expectedOf(program: readonly Operation[], told: ReadonlyMap<string, string>): string {
  const one = (operation: Operation): string =>
    operation.do === 'all'
      ? `[${operation.chains.map((chain) => expectedOf(chain, told)).join(',')}]`
      : (told.get(operation.name) ?? 'never told');
  return `[${program.map(one).join(',')}]`;
}

function nameOf({ waitFor, ask, type, sleep, id }: TaskDefinition): string | undefined {
  if (sleep) return undefined;
  return waitFor?.event ?? ask?.question ?? (type === 'other' ? id.replace(/^.*\./, '') : type);
}

function answerTo(task: TaskDefinition, operations: ReadonlyMap<string, Operation>): Answer {
  const name = nameOf(task) ?? '';
  const operation = operations.get(name);
  if (operation?.do === 'wait' && operation.fails)
    return { error: { code: 'refused', class: 'non_recoverable', message: name } };
  if (task.ask) return { result: { value: { decision: `yes, ${name}`, decided_by: 'ann' } } };
  return { result: { value: task.sleep ? null : { for: name } } };
}
