/*
 * Where things lie in the state table (partition key `pk`, sort key `sk`, both strings; TTL attribute `expires_at`):
 *
 *   RUN#<runId>          E#<seq, 12 digits>   one journal entry
 *   RUN#<runId>          E#999999999999       where entries lie that were archived, and up to which
 *   RUN#<runId>          A#run                the run's record       → index by_tenant (tenant, requested),
 *                                                                      index by_correlation (correlated, requested)
 *   RUN#<runId>          A#wake               when it must be woken  → index by_wake (wake_shard, wake_at)
 *   RUN#<runId>          A#snapshot           a fold of its journal
 *   RUN#<runId>          P#<taskId>           a task's progress
 *   RUN#<runId>          W#<agent>            an agent that takes part
 *   RUN#<runId>          H#<taskId>           a task's last sign of life
 *   RUN#<runId>          R#rejected           why the last request about it was turned away
 *   RUN#<runId>          A#gone               whose it was, for some weeks after its tenant was erased
 *   FLOWS#<tenant, or *>  <flowId>            a flow that is in use; its journal lies under RUN#<flowId>
 *   RESULT#<tenant>#<workflow>  <taskId>      the last good result of a task
 *   PARKED#<parkedId>    A#parked             who was parked, and when: makes parking idempotent
 *   PARKED-DAYS          <day>                days on which something was parked
 *   PARKED-DAY#<day>     <at>#<parkedId>      a parked message
 *   PARKED-OF#<tenant>   <at>#<parkedId>      a parked message of the tenant
 *   OPEN#<tenant>        <runId>              a run of it that has not ended, where its plan bounds them
 *   EARLY#<tenant>       <runId>              a run of it for which an event came before it began
 *   MEMORY-PASSES        A#key                what passes to the memory Lambda are signed with
 *
 * and in the registry table (`pk`, `sk`; TTL attribute `expires_at`):
 *
 *   AGENT                <name>               a registration
 *   LOAD                 <name>               what was last measured, said and judged of it
 *   BREAKER              <name>               its circuit breaker, with a version
 *   SET                  <name>               which of its parameters are set now
 *   SET#<name>           V#<version, 8 digits> what was set of them, and by whom
 *   HOLD                 <tenant, or *>       what holds it, or since when nothing does
 *   TENANT               <tenant>             what is written of a tenant: plan, limits, status, and how its erasure goes
 *   DEF#<name>           V#<version, 8 digits> a definition
 *   DEFS                 <name>               the latest version of each
 *   TOKEN-KEYS           published            the public keys of the embedded issuer, with a version
 *   REVOKED              token#<id>           a token that was taken back
 *   REVOKED              subject#<tenant>#<sub>  all tokens that somebody had by then
 *
 * and in the budgets table (`pk`, `sk`; TTL attribute `expires_at`):
 *
 *   ACCOUNT#<tenant>#<runId>  RUN             the account of a run's budget
 *   ACCOUNT#<tenant>#<runId>  PART#<part>     of a task in it, or `<task>@<agent>`: of an agent's task
 *   RATE#<tenant>#<model>     RATE            until when what was taken of a model's rate is paid off
 *   LIMIT#<tenant>#<whose>    RATE            until when what was taken of a rate of the API is paid off
 *   STOP#<runId>         STOP                 what stops the run's agents, or since when nothing does
 *
 * and in the table of keys (`pk`, `sk`; TTL attribute `expires_at`):
 *
 *   KEY#<sender>         <kid>                the public half of a key that one of its containers signs with
 *
 * The claims table has `pk` = the claim's key, which begins with the task type and `#`; the ledger has `pk` =
 * `<agent>#<runId>/<taskId>/<epoch>` and `sk` = a step's place. Both have the TTL attribute `expires_at`, and IAM lets an
 * agent at those keys only that begin with its name, or with a type of its capabilities.
 */

/** Index over run records: partition `tenant` (S), sort `requested` (S), all attributes. */
export const BY_TENANT = { index: 'by_tenant', partition: 'tenant', sort: 'requested' } as const;
/** Sparse index over run records: partition `correlated` (S), sort `requested` (S), keys only: no later write touches it. */
export const BY_CORRELATION = { index: 'by_correlation', partition: 'correlated', sort: 'requested' } as const;
/**
 * Sparse index over wake rows, and over the records of runs that ended and wait to be archived: partition `wake_shard` (S),
 * sort `wake_at` (N), keys only.
 */
export const BY_WAKE = { index: 'by_wake', partition: 'wake_shard', sort: 'wake_at' } as const;
export const correlationKey = (tenant: string, correlationId: string): string => `${tenant}#${correlationId}`;
/** Partitions that wake rows are spread over: each takes 1,000 writes a second. */
export const WAKE_SHARDS = 4;

export const MEMORY_PASSES = 'MEMORY-PASSES';
export const runKey = (runId: string): string => `RUN#${runId}`;
export const runIdOf = (pk: string): string => pk.slice('RUN#'.length);
export const entryKey = (seq: number): string => `E#${String(seq).padStart(12, '0')}`;
export const LAST_ENTRY = 'E#999999999999';
/** Epoch milliseconds as text that sorts by time. */
export const sortableTime = (at: number): string => String(at).padStart(14, '0');

/** The shard of a run's wake row, by a small stable hash of its id. */
export const wakeShard = (runId: string): string => `WAKE#${shardOf(runId)}`;
export const wakeShards = (): string[] => Array.from({ length: WAKE_SHARDS }, (_, shard) => `WAKE#${shard}`);
/** The shard in which an ended run waits to be archived. */
export const endedShard = (runId: string): string => `ENDED#${shardOf(runId)}`;
export const endedShards = (): string[] => Array.from({ length: WAKE_SHARDS }, (_, shard) => `ENDED#${shard}`);

function shardOf(runId: string): number {
  let hash = 0;
  for (const character of runId) hash = (hash * 31 + character.charCodeAt(0)) % 1_000_003;
  return hash % WAKE_SHARDS;
}
