import * as z from 'zod';
import { BlobRef, type ResultValue } from '../contracts/blob.ts';
import type { Header } from '../contracts/envelope.ts';
import { MusterError, NonRecoverableError } from '../contracts/errors.ts';
import { asJson, Json } from '../contracts/json.ts';
import type { TaskAssignment } from '../contracts/messages.ts';
import { TaskDefinition } from '../contracts/workflow-definition.ts';
import type { Agent } from './agent.ts';
import type { AgentPorts } from './agent-ports.ts';
import { ComeBack } from './come-back.ts';
import type { Claims } from './ports.ts';
import type { QueueRecord } from './queue-record.ts';
import { UNKNOWN_OUTCOME, unknownOutcome } from './unknown-outcome.ts';

const tasks = z.array(TaskDefinition);
/** What work came to: its answer and the tasks that it adds to its run. */
const Done = z.object({ value: Json, tasks });
export type Done = z.infer<typeof Done>;
/** As it is recorded. Large answers lie in the blob store, unless that could not be reached. */
const Recorded = z.union([Done, z.object({ ref: BlobRef, tasks })]);

/** What is told of work that is done. */
export interface Outcome {
  readonly result: ResultValue;
  readonly tasks: readonly TaskDefinition[];
}

/** One delivery of a task whose work has outside effects. */
export interface Delivered {
  readonly agent: Agent;
  readonly header: Header;
  readonly assignment: TaskAssignment;
  readonly record: QueueRecord;
  readonly deadline: number;
  work(): Promise<Done>;
  /** Makes a result of an answer: large ones go into the blob store. */
  store(value: Json): Promise<ResultValue>;
}

/** A worker whose time is over may still be busy recording what it did. */
const RECORDING_MS = 2_000;
/** The delivery that says so instead of coming back once more: queues give a message up after three at the earliest. */
const LAST_WORD = 3;

/**
 * Work with outside effects happens under a claim, one per run and task, fenced by the attempt (rule 6). Its key begins
 * with the task's type: agents that can do that share it, and IAM lets no others at it.
 * A recorded outcome is answered again instead of working twice. While another delivery may still be at it, this one
 * waits in the inbox. A claim whose time is over without an outcome means that nobody knows whether the effect
 * happened, and that is never tried again blindly. Once the work is done, all that fails ends in its outcome or in
 * `unknown_outcome`; and nothing is told as failed as long as it can't be looked up.
 * @throws ComeBack when the message must come again
 */
export async function withClaim(delivered: Delivered, ports: AgentPorts): Promise<Outcome> {
  const { agent, header, assignment, deadline } = delivered;
  if (!ports.claims)
    throw new NonRecoverableError('no_claims', `${agent.manifest.name} has outside effects, but no claims table`);
  const claims = persistent(ports.claims);
  const { run_id, task } = assignment;
  const key = `${task.task_type}#${run_id}/${task.task_id}`;
  const attempt = header.attempt ?? 1;
  // Unique per delivery: a redelivery of the same attempt must not take its predecessor's claim for its own.
  const holder = `${agent.manifest.name}/${ports.ids.uuid()}`;

  const known = await lookUp(() => claimOrOutcome());
  if (known) return answer(known.outcome);
  return finish(await workOrRelease());

  /** Undefined: the claim is ours. */
  async function claimOrOutcome(): Promise<{ outcome: Json } | undefined> {
    const before = await claims.outcome(key);
    if (before) return before;
    // Its failure may have been told by another delivery than the one that works.
    if (attempt > 1) await untilOver(0);
    if (!(await claims.claim(key, attempt, holder, deadline))) {
      const meanwhile = await claims.outcome(key);
      if (meanwhile) return meanwhile;
      await untilOver(RECORDING_MS);
      throw unknownOutcome(`an earlier delivery of ${key} began and its outcome is unknown`);
    }
    return undefined;
  }

  /** Lets nobody pass while whoever holds the claim may be at work. */
  async function untilOver(graceMs: number): Promise<void> {
    const left = ((await claims.heldUntil(key)) ?? 0) + graceMs - ports.clock.now();
    if (left > 0) throw later(`another delivery of ${key} is at work`, Math.ceil(left / 1_000));
  }

  async function workOrRelease(): Promise<Done> {
    try {
      return await delivered.work();
    } catch (error) {
      // What failed is over: the next attempt need not wait until the claim's time is.
      if (!isUnknown(error)) await claims.claim(key, attempt, holder, ports.clock.now()).catch(() => false);
      throw error;
    }
  }

  /** From here on the effect has taken place. */
  async function finish(done: Done): Promise<Outcome> {
    const { tasks } = done;
    const result = await delivered.store(done.value).catch((error: unknown) => ({ error }));
    if (!('error' in result)) {
      await record({ ...result, tasks }).catch((error: unknown) => {
        ports.logger.error('the outcome could not be recorded; the report still tells it', { key, attempt, error });
      });
      return { result, tasks };
    }
    await record(done).catch((error: unknown) => {
      ports.logger.error('neither result nor outcome could be stored', { key, attempt, error });
      throw unknownOutcome(`${key} is done, but its result could not be stored`);
    });
    throw later(`${key} is done and recorded, but its result could not be stored`, undefined, result.error);
  }

  async function record(outcome: z.infer<typeof Recorded>): Promise<void> {
    await claims.settle(key, attempt, asJson(outcome));
  }

  async function answer(outcome: Json): Promise<Outcome> {
    const parsed = Recorded.safeParse(outcome);
    if (!parsed.success) throw unknownOutcome(`${key} is done, but what was recorded of it can't be read`);
    const { tasks, ...recorded } = parsed.data;
    if ('ref' in recorded) return { result: recorded, tasks };
    return { result: await lookUp(() => delivered.store(recorded.value)), tasks };
  }

  /** What can't be looked up is not told as failed: the work may be done, or be under way. */
  async function lookUp<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof ComeBack || isUnknown(error)) throw error;
      throw later(`what became of ${key} can't be looked up`, undefined, error);
    }
  }

  function later(reason: string, seconds?: number, cause?: unknown): Error {
    if (delivered.record.receiveCount >= LAST_WORD) return unknownOutcome(reason);
    return new ComeBack(reason, seconds, { cause });
  }
}

const isUnknown = (error: unknown): boolean => error instanceof MusterError && error.code === UNKNOWN_OUTCOME;

/** Each call once more before it counts as failed: the claims forgive repetition, and a lost answer costs a person's time. */
function persistent(claims: Claims): Claims {
  const twice = <T>(call: () => Promise<T>): Promise<T> => call().catch(call);
  return {
    claim: (...args) => twice(() => claims.claim(...args)),
    settle: (...args) => twice(() => claims.settle(...args)),
    outcome: (key) => twice(() => claims.outcome(key)),
    heldUntil: (key) => twice(() => claims.heldUntil(key)),
  };
}
