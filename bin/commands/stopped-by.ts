import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import type { ParkedMessage } from '../../lambdas/runtime/ports.ts';
import { causesOf } from '../../lambdas/views/parked-causes.ts';
import { runCausesOf } from '../../lambdas/views/run-causes.ts';
import { CliError } from '../cli-error.ts';
import { listRuns } from '../cloud/list-runs.ts';
import type { Session } from '../cloud/session.ts';

/** What one cause has stopped: messages that were given up on, or runs. */
export interface StoppedBy {
  readonly fingerprint: string;
  readonly messages: readonly ParkedMessage[];
  readonly runIds: readonly string[];
}

/** Messages, and runs, looked at: the newest. */
export const PARKED_LIMIT = 1_000;
export const RUNS_LIMIT = 200;

/**
 * What a cause has stopped, as "muster parked" or "muster runs --causes" names it.
 * @throws CliError when there is no such cause, or more than one
 */
export async function stoppedBy(
  session: Pick<Session, 'parkingLot' | 'runs' | 'journal' | 'blobs'>,
  fingerprint: string,
  tenant: string = DEFAULT_TENANT,
): Promise<StoppedBy> {
  const parked = causesOf(await session.parkingLot.list(PARKED_LIMIT));
  const runs = runCausesOf(await listRuns(session, tenant, RUNS_LIMIT));
  const causes = [
    ...parked.map(({ fingerprint: name, messages }): StoppedBy => ({ fingerprint: name, messages, runIds: [] })),
    ...runs.map(({ fingerprint: name, runs: stopped }): StoppedBy => {
      return { fingerprint: name, messages: [], runIds: stopped.map(({ runId }) => runId) };
    }),
  ];
  return causeCalled(causes, fingerprint);
}

/** The cause with this fingerprint, or the beginning of it. @throws CliError when there is none, or more than one */
export function causeCalled<T extends { readonly fingerprint: string }>(causes: readonly T[], given: string): T {
  const matching = causes.filter(({ fingerprint }) => fingerprint.startsWith(given));
  const [only] = matching;
  if (only && matching.length === 1 && given.length >= 4) return only;
  const names = causes.map(({ fingerprint }) => fingerprint).slice(0, 10);
  const next = names.length === 0 ? 'there is none' : `there are ${names.join(', ')}`;
  throw new CliError(
    `nothing is parked for the cause "${given}", and no run has stopped for it`,
    `${next}; see "muster parked" and "muster runs --causes"`,
  );
}
