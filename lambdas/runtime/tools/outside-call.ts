import * as z from 'zod';
import { MusterError, NonRecoverableError, RecoverableError } from '../../contracts/errors.ts';
import { asJson, type Json } from '../../contracts/json.ts';
import { LIMITS } from '../../contracts/limits.ts';
import { PutBack } from '../budgets/guard.ts';
import { isFinal } from '../durable/errors.ts';
import type { Claims } from '../ports.ts';
import { argumentsDigest, claimKey, claimOfTry, openSettled, Settled } from './claimed-call.ts';
import { NotDone } from './errors.ts';
import { type Surroundings, settle, type ToolCall } from './tool-call.ts';
import { type Resolution, whatBecameOf } from './unknown-call.ts';

/** On record since the call was first come to. */
const Arguments = z.strictObject({ digest: z.string(), since: z.number() });

/** A worker whose time is over may still be busy recording what it did. */
const RECORDING_MS = 2_000;
/** With less time than this left, what is begun would only end as unknown. */
const LEAST_MS = 1_000;
/** Claims are kept for 30 days; whoever answers a person's question later finds none. */
const KEPT_MS = 25 * 86_400_000;

/**
 * Reserve → execute → finalize. Each try is claimed before it begins, under a key of run, task, place in the task, tool and
 * arguments; whoever claims it first does the work, and nobody else ever does. What it came to is put on the claim. While
 * another delivery may be at work, this one waits. A claim whose time is over without an outcome means that nobody knows:
 * a person says whether to repeat it, what it answered, or that it failed. That, too, counts only if the worker has not put
 * an outcome there in the meantime.
 */
export async function underClaim(call: ToolCall, around: Surroundings): Promise<Json> {
  const { work, clock } = around;
  const { tool } = call;
  if (!around.claims)
    throw new NonRecoverableError('no_claims', `the tool "${tool.name}" has outside effects, but there are no claims`);
  const claims = persistent(around.claims);
  const { key: place, since } = await placeOf(call, around);
  const holder = `${work.manifest.name}/${work.ids.uuid()}`;

  for (let number = 1; ; ) {
    const key = claimOfTry(place, number);
    const heldUntil = await claims.heldUntil(key);
    if (heldUntil === undefined && clock.now() - since < KEPT_MS) {
      const done = await begin(key, number);
      if (done) return done.value;
      continue;
    }
    if (heldUntil === undefined) {
      // It may have been claimed so long ago that nobody remembers: a claim that was over at once has no outcome either.
      await claims.claim(key, number, holder, clock.now() - RECORDING_MS);
      continue;
    }
    const known = await claims.outcome(key);
    if (known) {
      const settled = Settled.parse(known.outcome);
      if (!('again' in settled)) return openSettled(settled, work);
      number += 1;
      continue;
    }
    const left = heldUntil + RECORDING_MS - clock.now();
    if (left > 0) throw new PutBack(`another delivery uses "${tool.name}"`, Math.ceil(left / 1_000));
    await resolve(key, number);
  }

  /** Undefined: look at the claim again, which somebody else was quicker to take, or a person has settled. */
  async function begin(key: string, number: number): Promise<{ readonly value: Json } | undefined> {
    const reserved = await call.pay();
    const isInTime = !work.signal.aborted && call.until() - clock.now() >= LEAST_MS;
    const isOurs = isInTime && (await claims.claim(key, number, holder, call.until()));
    if (!isOurs) await reserved.release();
    if (!isInTime) throw new RecoverableError('timeout', `no time was left for the tool "${tool.name}"`);
    if (!isOurs) return undefined;
    const outcome = await attempt(key, number);
    if ('unknown' in outcome) {
      // Nobody needs to wait for the end of what is over.
      await claims.claim(key, number, holder, clock.now() - RECORDING_MS).catch(() => false);
      work.logger.warn('nobody knows whether a tool took effect', { key, error: outcome.unknown });
    }
    await settle(tool, reserved, work);
    if ('value' in outcome) return outcome;
    if ('thrown' in outcome) throw outcome.thrown;
    await resolve(key, number);
    return undefined;
  }

  async function attempt(
    key: string,
    number: number,
  ): Promise<{ readonly value: Json } | { readonly thrown: unknown } | { readonly unknown: unknown }> {
    let value: Json;
    try {
      value = await call.perform((late) => void note(key, number, { value: late }).catch(() => {}));
    } catch (error) {
      const settled = settledBy(error);
      if (!settled) return { unknown: error };
      await note(key, number, settled);
      return { thrown: error };
    }
    await note(key, number, await stored(value)).catch((error: unknown) => {
      work.logger.error('the outcome of a tool could not be put on its claim; its record still tells it', {
        key,
        error,
      });
    });
    return { value };
  }

  /** The first outcome counts. */
  async function note(key: string, number: number, settled: Settled): Promise<void> {
    await claims.settle(key, number, asJson(settled));
  }

  async function resolve(key: string, number: number): Promise<void> {
    const resolution = await whatBecameOf(call, number, work);
    await note(key, number, await settledAs(resolution));
  }

  async function settledAs(resolution: Resolution): Promise<Settled> {
    return 'value' in resolution ? stored(resolution.value) : resolution;
  }

  async function stored(value: Json): Promise<Settled> {
    if (JSON.stringify(value).length <= LIMITS.inlineResult) return { value };
    // An outcome that is too large for its claim is still better than none.
    return work.blobs.put(work.tenant, value).then(
      (ref) => ({ ref }),
      () => ({ value }),
    );
  }
}

/** What is known after a failure; undefined: nothing. */
function settledBy(error: unknown): Settled | undefined {
  if (error instanceof NotDone || error instanceof PutBack) return { again: error.message.slice(0, 500) };
  return isFinal(error) ? { error: error.toReport() } : undefined;
}

/**
 * The key of a call. Its arguments are on record before it begins: a task that comes by here with other ones would do
 * something else a second time, not the same.
 */
async function placeOf(
  { tool, input }: ToolCall,
  { work, clock }: Surroundings,
): Promise<{ readonly key: string; readonly since: number }> {
  const digest = argumentsDigest(input);
  const recorded = await work.operation('tool', `${tool.name} arguments`, () => ({ digest, since: clock.now() }));
  const before = Arguments.parse(recorded);
  if (before.digest !== digest)
    throw new NonRecoverableError(
      'non_deterministic',
      `the tool "${tool.name}" has other arguments than when this task ran before. Take times, random values and everything from outside into a step, or begin the task anew (muster resume RUN --anew TASK)`,
    );
  return { key: claimKey(work.runId, { tool, input }, work), since: before.since };
}

/** Each call once more before it counts as failed: claims forgive repetition, and a lost answer costs a person's time. */
function persistent(claims: Claims): Claims {
  const twice = <T>(call: () => Promise<T>): Promise<T> =>
    call().catch((error: unknown) => {
      if (error instanceof MusterError && error.class === 'non_recoverable') throw error;
      return call();
    });
  return {
    claim: (...args) => twice(() => claims.claim(...args)),
    settle: (...args) => twice(() => claims.settle(...args)),
    outcome: (key) => twice(() => claims.outcome(key)),
    heldUntil: (key) => twice(() => claims.heldUntil(key)),
  };
}
