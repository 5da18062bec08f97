import { NonRecoverableError } from '../../contracts/errors.ts';
import { priceOf } from '../../contracts/model-settings.ts';
import { CheaperPlease } from '../budgets/guard.ts';
import type { AtPaidWork } from '../open-abilities.ts';
import { ConnectionPoolExhausted } from '../pools/exhausted.ts';
import type { Endpoint, ModelPorts } from './endpoint.ts';
import { Unavailable } from './errors.ts';
import { type Bound, oneCall, type Send, type Sent } from './one-call.ts';

export interface ChainCall<T> {
  bound(endpoint: Endpoint): Bound;
  readonly send: Send<T>;
  /** False as soon as something of the answer is out. Default: always true. */
  mayRetry?(): boolean;
}

/**
 * Calls the first model of a chain; the next takes over where one is down, its pool is full, or the budget asks for a
 * cheaper one.
 * @throws as oneCall; NonRecoverableError `budget_exhausted` when no model of the chain is cheap enough
 */
export async function callChain<T>(
  chain: readonly Endpoint[],
  work: AtPaidWork,
  ports: ModelPorts,
  call: ChainCall<T>,
): Promise<Sent<T> & { readonly model: string }> {
  let left = [...chain];
  for (let endpoint = left.shift(); endpoint; endpoint = left.shift()) {
    try {
      const sent = await oneCall(endpoint, work, ports, call.bound(endpoint), call.send, call.mayRetry);
      return { ...sent, model: endpoint.name };
    } catch (error) {
      if (error instanceof CheaperPlease) {
        const limit = dearness(endpoint);
        left = left.filter((other) => dearness(other) < limit);
        if (left.length === 0) throw error.otherwise;
      } else if (!isOutage(error) || left.length === 0 || work.signal.aborted || call.mayRetry?.() === false) {
        throw error;
      }
      work.logger.warn('another model takes over', {
        model: endpoint.name,
        next: left[0]?.name,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
  throw new NonRecoverableError('no_such_model', 'there is no model to call');
}

const isOutage = (error: unknown): boolean => error instanceof Unavailable || error instanceof ConnectionPoolExhausted;

/** Output is what weighs: models are compared by what a thousand tokens in and as many out cost. */
function dearness({ settings }: Endpoint): number {
  const { inputPerMillion = 0, outputPerMillion = 0 } = priceOf(settings) ?? {};
  return inputPerMillion + outputPerMillion;
}
