import type { BudgetRef } from '../contracts/budget.ts';
import { DataError } from '../contracts/errors.ts';
import type { Clock, RunRecord, Runs } from '../runtime/ports.ts';
import { dailyBudget } from './daily-budget.ts';
import type { OpenRuns } from './open-runs.ts';
import { refusalOf, type Standing } from './standing.ts';

export interface RunQuotaPorts {
  readonly standing: Standing;
  readonly openRuns: OpenRuns;
  readonly runs: Pick<Runs, 'get'>;
  readonly clock: Clock;
}

/** What a run is given along when it may begin. */
export interface Granted {
  /** It counts as one of its tenant's open runs: the coordinator takes it off when it has ended. */
  readonly counted?: true;
  readonly budgets?: BudgetRef[];
}

/** What intake asks before it gives a request its run. */
export interface RunQuota {
  /** @throws DataError `tenant_suspended` or `tenant_erased`: nothing of it may begin, or be changed */
  mayAct(tenant: string, wish: 'change' | 'begin'): Promise<void>;
  /** Something has come for a run that there is not yet. */
  early(tenant: string, runId: string): Promise<void>;
  /** Idempotent by run. @throws DataError `quota_exceeded` */
  admit(tenant: string, runId: string): Promise<Granted>;
}

/** Who has entered so long ago and has no run died in between. */
const NEVER_BEGAN_MS = 300_000;
/** Runs looked up at once when it seems to be full. */
const LOOK_UP = 25;

/**
 * Bounds how many runs of a tenant are open. Who wants to begin writes its row first and counts then, consistently: of any
 * that begin at the same time the last one to write sees them all, so there are never more than allowed, whoever hurries.
 * Rows of runs that have ended, or never began, are found when it seems to be full.
 */
export function createRunQuota(ports: RunQuotaPorts): RunQuota {
  const { standing, openRuns, clock } = ports;
  return {
    async mayAct(tenant, wish) {
      const refusal = refusalOf(await standing(tenant), wish);
      if (refusal) throw refusal;
    },

    early: (tenant, runId) => openRuns.early(tenant, runId, clock.now()),

    async admit(tenant, runId) {
      const { limits, plan } = await standing(tenant);
      const budgets = dailyBudget(limits, clock.now());
      const granted = { ...(budgets.length > 0 && { budgets }) };
      if (limits.openRuns === undefined) return granted;
      await openRuns.enter(tenant, runId, clock.now());
      const open = await openRuns.list(tenant);
      if (open.length <= limits.openRuns || (await without(open, tenant, runId, ports)) <= limits.openRuns)
        return { ...granted, counted: true };
      await openRuns.leave(tenant, runId);
      const reason = `tenant "${tenant}" has ${limits.openRuns} runs under way, as many as its plan "${plan}" allows; ask again when one has ended`;
      throw new DataError('quota_exceeded', reason, { field: 'tenant', quota: 'open_runs', limit: limits.openRuns });
    },
  };
}

/** How many are left without those that are none; the oldest are looked up, until there is room. */
async function without(
  open: Awaited<ReturnType<OpenRuns['list']>>,
  tenant: string,
  own: string,
  { openRuns, runs, clock }: RunQuotaPorts,
): Promise<number> {
  const others = open.filter(({ runId }) => runId !== own).sort((one, other) => one.at - other.at);
  let gone = 0;
  for (let from = 0; from < others.length && gone === 0; from += LOOK_UP) {
    const some = others.slice(from, from + LOOK_UP);
    const records = await Promise.all(some.map(({ runId }) => runs.get(runId)));
    for (const [index, { runId, at }] of some.entries()) {
      if (!isOver(records[index], at, clock.now())) continue;
      await openRuns.leave(tenant, runId);
      gone += 1;
    }
  }
  return open.length - gone;
}

function isOver(run: RunRecord | undefined, at: number, now: number): boolean {
  if (!run) return now - at > NEVER_BEGAN_MS;
  return run.status !== 'requested' && run.status !== 'running';
}
