import { MusterError, NonRecoverableError } from '../../contracts/errors.ts';

/** The provider takes no more for now (429). Never reaches an agent's code: the task is put back. */
export class Throttled extends MusterError {
  override readonly name = 'Throttled';
  /** What the provider said, if it did. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, retryAfterSeconds?: number) {
    super({ code: 'model_throttled', class: 'recoverable', message });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * The provider is out of reach or failed. `mayCost`: it may have worked before it failed, so nobody knows what it will
 * charge for.
 */
export class Unavailable extends MusterError {
  override readonly name = 'Unavailable';
  readonly mayCost: boolean;

  constructor(code: 'model_unavailable' | 'model_stream_broken', message: string, mayCost: boolean, cause?: unknown) {
    super({ code, class: 'system', message }, { cause });
    this.mayCost = mayCost;
  }
}

export const contextTooLong = (what: string): NonRecoverableError =>
  new NonRecoverableError(
    'context_too_long',
    `${what}. Shorten what is sent (fewer messages, a summary), lower maxOutputTokens, or name a model with more context`,
  );

/** Anything that is wrong with the request itself. */
export const requestRefused = (what: string): NonRecoverableError =>
  new NonRecoverableError('model_request_refused', `the provider refuses the request: ${what}`.slice(0, 2_000));

export const notPermitted = (what: string): NonRecoverableError =>
  new NonRecoverableError(
    'model_not_permitted',
    `the provider does not let us use this model: ${what}. Check the key or role, and access to the model`.slice(
      0,
      2_000,
    ),
  );

export const noSuchModel = (what: string): NonRecoverableError =>
  new NonRecoverableError('no_such_model', `the provider has no such model: ${what}. Check its id`.slice(0, 2_000));

/** The provider's answer is not what its interface promises. */
export const badAnswer = (what: string, cause?: unknown): Unavailable =>
  new Unavailable('model_unavailable', `the provider's answer can't be read: ${what}`.slice(0, 2_000), true, cause);

/** What a provider's message says when a request is longer than the context. There is no common code for it. */
const TOO_LONG =
  /context[ _](length|window|size)|maximum context|too many (input )?tokens|input is too long|prompt is too long|exceeds? the (available )?context|exceed_context_size|longer than the model/i;

export const saysTooLong = (message: string): boolean => TOO_LONG.test(message);
