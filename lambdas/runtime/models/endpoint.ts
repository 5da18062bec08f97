import type { ModelSettings } from '../../contracts/model-settings.ts';
import type { Bucket } from '../budgets/guard.ts';
import { type Breaker, createBreaker } from '../pools/breaker.ts';
import { POOLS } from '../pools/defaults.ts';
import { type Leases, withLease } from '../pools/leases.ts';
import { createPlaces, type Places } from '../pools/places.ts';
import type { TwoLevelCache } from '../pools/two-level-cache.ts';
import type { Clock, Ids, Logger } from '../ports.ts';
import type { ModelProvider } from './provider.ts';
import type { OpenTokenStream } from './token-stream.ts';

/** What models need of the world. Made once per container. */
export interface ModelPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** In [0, 1). */
  random(): number;
  /** By the names of the configuration, what they fall back to included. */
  readonly models: Readonly<Record<string, ModelSettings>>;
  /** The model behind a name; called once for each, when it is first used. */
  provider(name: string, settings: ModelSettings): ModelProvider;
  /** For `cache: {seconds}`, of one agent. Without it nothing is cached. */
  readonly cache?: TwoLevelCache;
  /** For `maxConcurrent`. Without it each container counts by itself. */
  readonly leases?: Leases;
  /** For `tokensPerMinute` and `requestsPerMinute`. */
  readonly bucket?: Bucket;
  /** Passes the pieces of streamed answers on to those who follow the run. Without it nobody gets them but the agent. */
  readonly tokens?: OpenTokenStream;
}

/** A model with its pool: what a container keeps of it from one invocation to the next. */
export interface Endpoint {
  readonly name: string;
  readonly settings: ModelSettings;
  readonly provider: ModelProvider;
  readonly breaker: Breaker;
  /** Runs work in one of the places. @throws ConnectionPoolExhausted */
  inPlace<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export function createEndpoint(name: string, settings: ModelSettings, ports: ModelPorts): Endpoint {
  const { clock, leases } = ports;
  const { maxConcurrent } = settings;
  const { places: usual, acquireMs } = POOLS.model;
  const here: Places = createPlaces({ name, places: Math.min(usual, maxConcurrent ?? usual), acquireMs }, clock);
  // A holder that died keeps a place for as long as its answer could have taken.
  const holdMs = settings.timeoutSeconds * 1_000 + 10_000;
  return {
    name,
    settings,
    provider: ports.provider(name, settings),
    breaker: createBreaker(clock),
    inPlace: (work, signal) =>
      here.with(() => {
        if (!leases || maxConcurrent === undefined) return work();
        const options = { name: `model/${name}`, places: maxConcurrent, acquireMs, holdMs };
        return withLease(leases, options, { clock, holder: ports.ids.uuid(), random: ports.random, signal }, work);
      }, signal),
  };
}
