/** The runs of each tenant that have not ended: a row for each, under its tenant. */
export interface OpenRuns {
  /** Idempotent. @param at ms */
  enter(tenant: string, runId: string, at: number): Promise<void>;
  /** Harmless when it is not there. */
  leave(tenant: string, runId: string): Promise<void>;
  /** An event has come for a run that there is not yet: what is kept of it would be found by nobody. Idempotent. */
  early(tenant: string, runId: string, at: number): Promise<void>;
  /** All that have not ended, strongly consistent: whoever has entered before this was asked is in it. */
  list(tenant: string): Promise<ReadonlyArray<{ readonly runId: string; readonly at: number }>>;
}
