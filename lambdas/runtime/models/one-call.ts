import { MusterError } from '../../contracts/errors.ts';
import { costOf } from '../../contracts/model-settings.ts';
import { PutBack, type Reserved } from '../budgets/guard.ts';
import type { TokenUse } from '../model.ts';
import type { AtPaidWork } from '../open-abilities.ts';
import { pause } from '../pools/pause.ts';
import type { Clock } from '../ports.ts';
import type { Endpoint, ModelPorts } from './endpoint.ts';
import { Throttled, Unavailable } from './errors.ts';

/** What a call may use at most. */
export interface Bound {
  readonly input: number;
  readonly output: number;
}

/** One request to a provider; says what it has used, or undefined where the provider does not count. */
export type Send<T> = (
  endpoint: Endpoint,
  signal: AbortSignal,
) => Promise<{ readonly value: T; readonly usage: TokenUse | undefined }>;

export interface Sent<T> {
  readonly value: T;
  readonly usage: TokenUse;
  readonly usd: number;
}

/** Tries of one call, and the longest wait before the second. */
const TRIES = 3;
const FIRST_WAIT_MS = 500;
/** Seconds for which work is put back when a provider that is busy does not say for how long. */
const BUSY_SECONDS = 10;
const LONGEST_BUSY_SECONDS = 900;

/**
 * One call of one model: within its breaker, budgets and rate, then in its pool; tried again where the provider failed.
 * Whoever waits for budget or rate, or to try again, keeps no place from others.
 * @param mayRetry false as soon as something of the answer is out
 * @throws PutBack the provider or the rate limit wants us to wait
 * @throws Unavailable, ConnectionPoolExhausted, NonRecoverableError, CheaperPlease
 */
export async function oneCall<T>(
  endpoint: Endpoint,
  work: AtPaidWork,
  ports: ModelPorts,
  bound: Bound,
  send: Send<T>,
  mayRetry: () => boolean = () => true,
): Promise<Sent<T>> {
  const until = latestAnswer(work);
  for (let tries = 1; ; tries += 1) {
    try {
      return await once(endpoint, work, ports, bound, send, { tries, until });
    } catch (error) {
      const isWorthIt = error instanceof Unavailable && mayRetry() && tries < TRIES && !work.signal.aborted;
      if (!isWorthIt) throw error;
      const wait = ports.random() * FIRST_WAIT_MS * 2 ** (tries - 1);
      if (work.clock.now() + wait >= until) throw error;
      work.logger.warn('model call failed, trying again', { model: endpoint.name, tries, reason: error.message });
      await pause(work.clock, wait, work.signal);
    }
  }
}

/** An agent that has another way than the model keeps a third of its time for it. */
function latestAnswer({ manifest, clock, deadline }: AtPaidWork): number {
  const left = deadline - clock.now();
  return manifest.uses.worksWithoutModels ? clock.now() + (left * 2) / 3 : deadline;
}

async function once<T>(
  endpoint: Endpoint,
  work: AtPaidWork,
  ports: ModelPorts,
  bound: Bound,
  send: Send<T>,
  { tries, until }: { readonly tries: number; readonly until: number },
): Promise<Sent<T>> {
  const { name, settings, breaker } = endpoint;
  const entered = breaker.enter();
  if (!('ok' in entered)) {
    const seconds = Math.ceil(entered.retryAfterMs / 1_000);
    throw new Unavailable(
      'model_unavailable',
      `${name} has failed too often; it is left alone for another ${seconds} s`,
      false,
    );
  }
  const usdOf = (use: TokenUse): number => costOf(settings, use.input_tokens, use.output_tokens);
  const most: TokenUse = { input_tokens: bound.input, output_tokens: bound.output };
  const tokens = bound.input + bound.output;
  let outcome: 'success' | 'failure' | 'neither' = 'neither';
  let reserved: Reserved | undefined;
  let isRated = false;
  let isSent = false;
  try {
    // Each try has a reservation of its own, for each may cost.
    const id = tries === 1 ? work.callId() : `${work.callId()}/${tries}`;
    reserved = await work.spending.reserve({ id, model: name, usd: usdOf(most), tokens, calls: 1 });
    isRated = await takeRate(endpoint, work, ports, tokens);
    const { value, usage = most } = await endpoint.inPlace(async () => {
      // It may have been stopped while it waited for the place.
      await work.spending.check();
      isSent = true;
      const ms = Math.min(settings.timeoutSeconds * 1_000, Math.max(1, until - work.clock.now()));
      return inTime(work, ms, (signal) => send(endpoint, signal));
    }, work.signal);
    outcome = 'success';
    await settle(usage);
    return { value, usage, usd: usdOf(usage) };
  } catch (error) {
    if (error instanceof Unavailable) outcome = 'failure';
    if (outcome !== 'success') await endUnanswered(error);
    throw error instanceof Throttled ? busy(error, name, ports) : error;
  } finally {
    entered.end(outcome);
  }

  async function settle(usage: TokenUse): Promise<void> {
    const usd = usdOf(usage);
    work.used({ usd, ...usage, model_calls: 1, models: [name] });
    if (isRated)
      ports.bucket?.giveBack(work.tenant, name, Math.max(0, tokens - usage.input_tokens - usage.output_tokens));
    await reserved?.settle({ usd, ...usage });
  }

  /** What nobody knows the price of counts in full: a budget is never overshot because an answer got lost. */
  async function endUnanswered(error: unknown): Promise<void> {
    if (!reserved) return;
    const isKnown = error instanceof MusterError || error instanceof PutBack;
    const mayCost = error instanceof Unavailable ? error.mayCost : !isKnown || work.signal.aborted;
    if (isSent && mayCost) return settle(most);
    if (isRated) ports.bucket?.giveBack(work.tenant, name, tokens);
    await reserved.release();
  }
}

/** Whether the model has a rate, from which the call has taken its share. */
async function takeRate(
  { name, settings }: Endpoint,
  work: AtPaidWork,
  { bucket }: ModelPorts,
  tokens: number,
): Promise<boolean> {
  if (!bucket || (settings.tokensPerMinute === undefined && settings.requestsPerMinute === undefined)) return false;
  const taken = await bucket.take(work.tenant, name, tokens);
  if ('ok' in taken) return true;
  throw new PutBack(
    `the rate of ${work.tenant} for ${name} is used up`,
    Math.max(1, Math.ceil(taken.retryAfterMs / 1_000)),
  );
}

/** With jitter above what the provider says, so that those it turned away do not all come back at once. */
function busy({ retryAfterSeconds = BUSY_SECONDS, message }: Throttled, name: string, { random }: ModelPorts): PutBack {
  const seconds = Math.min(LONGEST_BUSY_SECONDS, Math.max(1, Math.ceil(retryAfterSeconds * (1 + random() / 2))));
  return new PutBack(`${name} is busy: ${message}`, seconds);
}

/** The signal aborts with the attempt, or when the provider takes too long. */
async function inTime<T>(
  { signal, clock }: { signal: AbortSignal; clock: Clock },
  ms: number,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const tooLate = new Unavailable('model_unavailable', `no answer within ${Math.round(ms / 1_000)} s`, true);
  const stop = clock.after(ms, () => late.abort(tooLate));
  try {
    return await send(AbortSignal.any([signal, late.signal]));
  } catch (error) {
    throw late.signal.aborted && !signal.aborted ? tooLate : error;
  } finally {
    stop();
  }
}
