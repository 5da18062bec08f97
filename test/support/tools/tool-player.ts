import { memoryClaims } from '../../../lambdas/adapters/memory/memory-claims.ts';
import { memoryStepLedger } from '../../../lambdas/adapters/memory/memory-step-ledger.ts';
import { memoryTable } from '../../../lambdas/adapters/memory/memory-table.ts';
import { createMeter } from '../../../lambdas/adapters/memory/meter.ts';
import type { Json } from '../../../lambdas/contracts/json.ts';
import type { AgentContext } from '../../../lambdas/runtime/agent.ts';
import type { Spending } from '../../../lambdas/runtime/budgets/guard.ts';
import { durableSteps } from '../../../lambdas/runtime/durable/steps.ts';
import type { Claims, Clock } from '../../../lambdas/runtime/ports.ts';
import type { HttpFetch, Tool } from '../../../lambdas/runtime/tool.ts';
import { createTools } from '../../../lambdas/runtime/tools/tools.ts';
import { hastyClock } from '../models/model-player.ts';
import { workAgent } from '../no-op-agent.ts';
import { stepsPlayer } from '../steps-player.ts';

export interface ToolPlayerOptions {
  /** What its manifest lets it use. Default: all the tools. */
  readonly uses?: { tools?: string[]; permissions?: string[] };
  readonly hosts?: string[];
  readonly spending?: Spending;
  readonly http?: HttpFetch;
  /** Default: one that is in a hurry. */
  readonly clock?: Clock;
  /** Around the claims. */
  claimsOf?(own: Claims): Claims;
}

/** An agent that uses tools, with a real ledger and claims in memory, and whoever delivers its task. */
export function toolPlayer(
  tools: readonly Tool[],
  handle: (ctx: AgentContext) => Promise<Json>,
  { uses = {}, hosts = [], spending, http, claimsOf = (own) => own, clock: given }: ToolPlayerOptions = {},
) {
  const hasty = hastyClock();
  const clock = given ?? hasty;
  /** Ms by which tools are ahead of the messages: for what takes longer than a message lives. */
  const skew = { ms: 0 };
  const ahead = { ...clock, now: () => clock.now() + skew.ms };
  const meter = createMeter();
  const claims = claimsOf(memoryClaims(memoryTable(meter)));
  const abilities = {
    steps: durableSteps({ ledger: memoryStepLedger(memoryTable(meter)) }),
    tools: createTools({ tools, claims, clock: ahead, http: () => http ?? noHttp }),
    ...(spending && { budgets: () => spending }),
  };
  const agent = workAgent((_, ctx) => handle(ctx), {
    uses: { tools: tools.map(({ name }) => name), ...uses },
    reaches: { hosts },
  });
  return { ...stepsPlayer(agent, { abilities, clock }), clock: hasty, claims, skew };
}

const noHttp: HttpFetch = () => Promise.reject(new Error('this test has no HTTP'));
