import type { VirtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import type { Budget, BudgetRef } from '../../../lambdas/contracts/budget.ts';
import type { AtWork, Decided, Question } from '../../../lambdas/runtime/abilities.ts';
import { NOW, RUN_ID } from '../factories.ts';
import { workAgent } from '../no-op-agent.ts';

export interface AttemptOptions {
  readonly clock: VirtualClock;
  readonly budgets?: readonly BudgetRef[];
  readonly taskId?: string;
  /** Answers a question; a question without an answer stays open. */
  readonly answer?: (question: Question) => Promise<Decided>;
}

/** The budget of a run, or of a part of it, with the work right in it. */
export function budgetRef(budget: Partial<Budget>, id = RUN_ID, over: Partial<BudgetRef> = {}): BudgetRef {
  return { id, budget: { atLimit: 'stop', ...budget }, since: NOW, depth: 0, ...over };
}

/** An attempt without the rest of its runtime: what budgets see of it. */
export function attempt({ clock, budgets = [], taskId = 'work', answer }: AttemptOptions): AtWork {
  const never = <T>(): Promise<T> => new Promise(() => {});
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  return {
    ...{ manifest: workAgent().manifest, tenant: 'default', runId: RUN_ID, taskId, taskType: 'work' },
    ...{ attempt: 1, epoch: 1, correlationId: 'c', budgets, clock, logger },
    deadline: clock.now() + 60_000,
    signal: new AbortController().signal,
    ids: { uuid: () => 'id' },
    blobs: { put: never, get: never },
    durable: {
      step: never,
      wait: never,
      ask: (question) => answer?.(question) ?? never(),
      call: never,
      delegate: never,
    },
    operation: async (_kind, _name, work) => work(),
    taint: { mark() {}, isTainted: () => false },
    leave: (reason) => Promise.reject(reason),
    used: () => {},
    callId: () => `${RUN_ID}/${taskId}/1/1`,
  };
}
