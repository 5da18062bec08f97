import { createGuardedHttp } from '../adapters/tools/guarded-http.ts';
import { rateOf } from '../contracts/model-settings.ts';
import type { Accounts } from '../runtime/budgets/accounts.ts';
import { createBucket } from '../runtime/budgets/bucket.ts';
import { createBudgets } from '../runtime/budgets/budgets.ts';
import type { Rates } from '../runtime/budgets/rate.ts';
import { durableSteps } from '../runtime/durable/steps.ts';
import { createMemoryAbility, type MemoryDoor } from '../runtime/memory/ability.ts';
import { createModels } from '../runtime/models/models.ts';
import { createTokenStreams } from '../runtime/models/token-stream.ts';
import type { AgentAbilities } from '../runtime/open-abilities.ts';
import { createTwoLevelCache } from '../runtime/pools/two-level-cache.ts';
import type { Claims, Clock, Ids, Logger, Queues, StepLedger, Stops } from '../runtime/ports.ts';
import type { Watches } from '../runtime/stream/stream-ports.ts';
import type { HttpFetch, Tool } from '../runtime/tool.ts';
import { rateOfTools } from '../runtime/tools/container-bucket.ts';
import { createTools } from '../runtime/tools/tools.ts';
import type { EventLoop } from './event-loop.ts';
import type { ScriptedModel } from './scripted-model.ts';

/** What agents' abilities stand on, as ports of a container. */
export interface AbilityPorts {
  readonly ledger: StepLedger;
  readonly accounts: Accounts;
  readonly stops: Pick<Stops, 'on'>;
  readonly rates: Rates;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** In [0, 1). */
  readonly random: () => number;
  readonly models: Readonly<Record<string, ScriptedModel>>;
  readonly memoryDoor: MemoryDoor;
  readonly claims: Claims | undefined;
  readonly tools: readonly Tool[];
  readonly http: HttpFetch | undefined;
  readonly queues: Pick<Queues, 'send'>;
  /** Where those are told who follow runs. */
  readonly stream?: { readonly watches: Pick<Watches, 'isWatched'>; readonly queue: string };
}

/** Every ability over ports in memory: agents use those that their manifests declare. */
export function inProcessAbilities(ports: AbilityPorts, loop: Pick<EventLoop, 'soon'>): AgentAbilities {
  const { ledger, accounts, stops, random } = ports;
  return {
    // The loop runs a job when everything that can happen at this moment has happened.
    steps: durableSteps({ ledger, atRest: () => new Promise((resolve) => loop.soon({ run: resolve })) }),
    budgets: createBudgets({ accounts, stops, random }),
    models: modelsOf(ports),
    memory: createMemoryAbility(ports.memoryDoor),
    tools: toolsOf(ports),
  };
}

function modelsOf(ports: AbilityPorts): NonNullable<AgentAbilities['models']> {
  const { models, rates, clock, ids, logger, random, queues, stream } = ports;
  const settings = Object.fromEntries(Object.entries(models).map(([name, model]) => [name, model.settings]));
  return createModels({
    ...{ clock, ids, logger, random, models: settings },
    provider(name) {
      const model = models[name];
      if (!model) throw new Error(`the test names no model ${name}`);
      return model.provider;
    },
    cache: createTwoLevelCache({ clock, logger }),
    bucket: createBucket(rates, (name) => rateOf(settings[name]), clock),
    ...(stream && { tokens: createTokenStreams({ clock, ids, logger, queues, ...stream }) }),
  });
}

function toolsOf({ tools, claims, rates, clock, http: given }: AbilityPorts): NonNullable<AgentAbilities['tools']> {
  const http = given ? () => given : createGuardedHttp({ clock, loopback: true });
  return createTools({ tools, claims, clock, http, bucket: createBucket(rates, rateOfTools(tools), clock) });
}
