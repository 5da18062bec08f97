import type { Readable } from 'node:stream';
import type { BlobRef, ResultValue } from '../contracts/blob.ts';
import type { BreakerPolicy, BreakerState } from '../contracts/breaker.ts';
import type { BusEvent } from '../contracts/bus-events.ts';
import type { AgentParameters, Hold, Stop } from '../contracts/control.ts';
import type { ErrorReport } from '../contracts/errors.ts';
import type { Gate } from '../contracts/flow-control.ts';
import type { AgentHealth } from '../contracts/health.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import type { AgentStats } from '../contracts/messages.ts';
import type { AgentLoad, AgentRegistration, RegisteredAgent } from '../contracts/registry.ts';
import type { WorkflowDefinition } from '../contracts/workflow-definition.ts';

/*
 * What agents and platform Lambdas need of the world. lambdas/adapters fulfils these on AWS and in memory.
 * Every method throws a SystemError when the service behind it can't be reached after the adapter's own retries.
 */

export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Calls back once, `ms` from now, unless the answer is called before. */
  after(ms: number, callback: () => void): () => void;
}

export interface Ids {
  /** A fresh random UUID. */
  uuid(): string;
}

/** One message to put on a queue; `body` is a serialised WireMessage. */
export interface OutgoingMessage {
  readonly body: string;
  /** FIFO: the run id. Standard: the tenant (SQS fair queues). */
  readonly groupId?: string;
  /** FIFO only. */
  readonly deduplicationId?: string;
  /** Standard queues only; at most 900. */
  readonly delaySeconds?: number;
}

export interface Queues {
  /** Sends all of them, in batches of ten and below 1 MiB; entries that fail are sent again. */
  send(queueUrl: string, messages: readonly OutgoingMessage[]): Promise<void>;
  /** Approximate: messages that nobody has taken yet, and those that somebody holds. */
  depth(queueUrl: string): Promise<{ readonly waiting: number; readonly inFlight: number }>;
}

export interface Visibility {
  /** From now on the message stays hidden for this long. */
  extend(queueUrl: string, receiptHandles: readonly string[], seconds: number): Promise<void>;
}

export interface Bus {
  /** Publishes under `source` (see bus-events.ts); entries that fail are sent again. */
  publish(source: string, events: readonly BusEvent[]): Promise<void>;
  /** A message on a channel: `detail-type` is the channel, `detail` the message. @param hops hands it has been through */
  publishToChannel(source: string, channel: string, detail: JsonObject, hops?: number): Promise<void>;
}

/** Large bodies: content-addressed, encrypted at rest, checked on the way out. */
export interface Blobs {
  /** Stores JSON, brotli-compressed, under `<tenant>/<sha256>`; putting the same twice is one object. */
  put(tenant: string, value: Json): Promise<BlobRef>;
  /** @throws DataError `blob_corrupt` when the bytes do not match, SystemError `blob_missing` when there are none */
  get(ref: BlobRef): Promise<Json>;
}

export type RunStatus = 'requested' | 'running' | 'completed' | 'failed' | 'cancelled';

/** The row that makes a run findable, and holds its identity. */
export interface RunRecord {
  readonly runId: string;
  readonly tenant: string;
  readonly requestId: string;
  readonly correlationId: string;
  readonly workflow: string;
  readonly version: number;
  /** sha256 of the request's canonical body: the same id with another body is refused. */
  readonly requestDigest: string;
  /** Who asked for it; not known of runs from before this was kept. */
  readonly requestedBy?: string;
  readonly status: RunStatus;
  readonly requestedAt: number;
  readonly endedAt?: number;
  /** When it last went on after an end. */
  readonly reopenedAt?: number;
  readonly error?: ErrorReport;
  /** Where its journal lies, once it has been moved out of the table. */
  readonly archived?: BlobRef;
  /** The `start_run` payload as a blob: while the run is only `requested`, the sweeper can start it again from here. */
  readonly start?: BlobRef;
}

/** Where a run stands in the list of its tenant. */
export type RunPlace = Pick<RunRecord, 'requestedAt' | 'runId'>;

export interface Runs {
  /** Conditional put: the authority on a run's identity. Answers the earlier record if there is one. */
  create(record: RunRecord): Promise<{ created: true } | { created: false; existing: RunRecord }>;
  get(runId: string): Promise<RunRecord | undefined>;
  /** Never moves a run back from an end state. */
  setStatus(runId: string, status: RunStatus, at: number, error?: ErrorReport): Promise<void>;
  /**
   * An ended run goes on since `at`, ms: back to `running`, without its end. One that has not ended stays as it is. Said
   * again it changes nothing, and neither does an end from before.
   */
  reopen(runId: string, at: number): Promise<void>;
  /** Newest first. @param before only those behind this one in the list */
  list(tenant: string, limit: number, before?: RunPlace): Promise<RunRecord[]>;
  /** All runs of a correlation, newest first. */
  correlated(tenant: string, correlationId: string, limit: number): Promise<RunRecord[]>;
  /** Runs that ended before this time and are not archived yet, the oldest first. */
  endedBefore(at: number, limit: number): Promise<string[]>;
  /**
   * Its journal lies there from now on; its record is kept for as long.
   * @param endedAt the end that was archived, ms: a run that has gone on since, even to another end, is left alone
   */
  setArchived(runId: string, endedAt: number, ref: BlobRef): Promise<void>;
  /** Runs that have not ended, some hundred at a time; hand `next` back for more. */
  open(next?: string): Promise<{ readonly runIds: readonly string[]; readonly next?: string }>;
  /**
   * The run, or flow, wants to be woken at `at` at the latest; `undefined` when it is over.
   * @param seq the entry of its journal that says so: what a later one has set stays, whoever outlived it. None: whatever is there
   */
  setWake(runId: string, at: number | undefined, seq?: number): Promise<void>;
  /** Runs whose wake time has passed. */
  overdue(now: number, limit: number): Promise<string[]>;
}

/** Why a request about a run was turned away before the run heard of it. */
export interface Rejection {
  /** Of the request: another one has another. */
  readonly id: string;
  readonly at: number;
  readonly code: string;
  readonly reason: string;
  /** Where the fault is, such as "input.day"; empty: nowhere in particular. */
  readonly field: string;
}

/** The last rejection of each run, for whoever asked and waits: kept for an hour. Nothing is ever decided from them. */
export interface Rejections {
  record(runId: string, rejection: Rejection): Promise<void>;
  of(runId: string): Promise<Rejection | undefined>;
}

export interface Registry {
  agents(): Promise<readonly RegisteredAgent[]>;
  /** A registered definition; the latest version unless one is named. */
  definition(name: string, version?: number): Promise<WorkflowDefinition | undefined>;
  definitions(): Promise<readonly WorkflowDefinition[]>;
}

/** What deploys, agents and the monitor write into the registry. */
export interface RegistryWriter {
  /** Adds the agent, or replaces what an earlier deploy said of it. */
  registerAgent(agent: AgentRegistration): Promise<void>;
  /** Takes the agent and its load out; harmless when it is not there. */
  removeAgent(name: string): Promise<void>;
  /** A version is written once; the same again is harmless. @throws DataError `definition_changed` */
  registerDefinition(definition: WorkflowDefinition): Promise<void>;
  /** What the monitor measured of the agent's inbox. */
  recordLoad(agent: string, load: Pick<AgentLoad, 'queue_depth' | 'measured_at' | 'exceeded'>): Promise<void>;
  /** What the agent last said of itself. */
  recordStats(agent: string, stats: AgentStats): Promise<void>;
  /** What a person wants of it; or, `judged`, what the monitor makes of it: that leaves what a person has set alone. */
  recordHealth(agent: string, health: AgentHealth, judged?: boolean): Promise<void>;
}

/** What people have put on hold. Read in every turn. */
export interface Holds {
  /**
   * By tenant, and `*` for all.
   * @param fresh what holds now; otherwise at most a second old
   */
  read(fresh?: boolean): Promise<ReadonlyMap<string, Hold>>;
  /** `undefined` lets go. @param at when it was asked for: false, and nothing changes, when a later request came before */
  set(scope: string, hold: Hold | undefined, at: number): Promise<boolean>;
}

/** What stops agents at work. Read by themselves, before each call of a model or a tool. */
export interface Stops {
  /**
   * What stops this work: a pause of everything, its tenant or its run, the end of its run, or a person who took its agent
   * out of the pool (not to drain). At most a second old.
   */
  on(work: { readonly tenant: string; readonly runId: string; readonly agent: string }): Promise<Stop | undefined>;
  /** `undefined`: the run goes on. @param at of the journal entry that says so: after a later one it changes nothing */
  setRun(runId: string, stop: Stop | undefined, at: number): Promise<void>;
}

/** Parameters of agents that were set at run time, with their history. `Registry.agents` answers the newest. */
export interface ParameterStore {
  /** Newest first. */
  history(agent: string, limit: number): Promise<AgentParameters[]>;
  /** Written once per version; the same again is harmless. False when it holds something else already. */
  put(agent: string, parameters: AgentParameters): Promise<boolean>;
}

/** Which flows are in use; their state is their journal's. Nothing is ever decided from it. */
export interface FlowDirectory {
  /** It is in use. Idempotent; the newest by `at` counts. */
  note(gate: Gate, at: number): Promise<void>;
  /** It rests, unless it was noted after `at`. */
  forget(gate: Gate, at: number): Promise<void>;
  /** Of a tenant, those that all tenants share included. */
  list(tenant: string, limit: number): Promise<Gate[]>;
}

/**
 * Circuit breakers, one per agent, shared by every coordinator. Read before each dispatch, so never from a long cache.
 */
export interface Breakers {
  /** All that are not plainly closed, by agent; at most a second old. */
  read(): Promise<ReadonlyMap<string, BreakerState>>;
  /**
   * Counts a failure of class `system`, each id once; opens the breaker at the policy's number. A failed probe opens it
   * again at once. Answers the new state and whether this call opened it.
   */
  recordFailure(
    agent: string,
    id: string,
    at: number,
    policy: BreakerPolicy,
    probe: boolean,
  ): Promise<{ readonly state: BreakerState; readonly opened: boolean }>;
  /** Closes it. True when it was not closed before. */
  close(agent: string): Promise<boolean>;
  /** The one probe of a breaker whose time is over: true for one holder at a time, until `until`; again for the same. */
  takeProbe(agent: string, holder: string, now: number, until: number): Promise<boolean>;
}

/** The last sign of life of each task at work; rows expire after a day. */
export interface Heartbeats {
  /** Keeps the newest by `at`. */
  record(beats: readonly Heartbeat[]): Promise<void>;
  /** By task id. */
  of(runId: string): Promise<ReadonlyMap<string, Heartbeat>>;
}
export interface Heartbeat {
  readonly runId: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly agent: string;
  /** ms */
  readonly at: number;
}

/** The last good result of a task, over all runs of its workflow, for `fallback.cachedSeconds`. */
export interface ResultCache {
  put(tenant: string, workflow: string, taskId: string, result: ResultValue, at: number): Promise<void>;
  get(tenant: string, workflow: string, taskId: string): Promise<{ result: ResultValue; at: number } | undefined>;
}

/** The Step Functions execution around a run. */
export interface Lifecycle {
  /** Starts it, named by the run; starting it again is harmless. */
  start(runId: string, input: { readonly start_message: string; readonly timeout_seconds: number }): Promise<void>;
  /** A token that has been answered already, or timed out, is ignored. */
  succeed(taskToken: string, output: JsonObject): Promise<void>;
  fail(taskToken: string, error: ErrorReport): Promise<void>;
}

/** A message that was given up on, kept for repair. */
export interface ParkedMessage {
  readonly parkedId: string;
  readonly queue: string;
  readonly at: number;
  readonly tenant: string;
  readonly messageId: string;
  readonly messageType: string;
  readonly runId?: string;
  /** It was for this flow; a run that is named too is the one that asked. */
  readonly flowId?: string;
  readonly taskId?: string;
  readonly reason: string;
  readonly body: string;
}

export interface ParkingLot {
  /** Idempotent by parkedId. */
  park(message: ParkedMessage): Promise<void>;
  /** It was repaired: it is listed no more. Harmless when it is not there. */
  remove(message: Pick<ParkedMessage, 'parkedId' | 'at' | 'tenant'>): Promise<void>;
  /** The newest first: of a tenant, or of all. */
  list(limit: number, tenant?: string): Promise<ParkedMessage[]>;
}

/** Where one task stands, as its agent last said. */
export interface TaskProgress {
  readonly taskId: string;
  readonly agent: string;
  /** 0 to 1. */
  readonly progress: number;
  readonly step: string;
  /** ms */
  readonly at: number;
}

/** Progress for the live view. Rows expire after a day; nothing is ever decided from them. */
export interface ProgressBoard {
  /** Keeps the newest by `at`, so that late and repeated events do no harm. */
  put(runId: string, taskId: string, agent: string, progress: number, step: string, at: number): Promise<void>;
  list(runId: string): Promise<TaskProgress[]>;
  /** These agents take part in the run; adds to those already noted. */
  watch(runId: string, agents: readonly string[], at: number): Promise<void>;
  watchers(runId: string): Promise<string[]>;
}

/** A bucket that a manifest names in `reaches.buckets`, for an agent's own files. */
export interface ObjectStore {
  /** @throws DataError `object_missing` */
  read(key: string): Promise<Readable>;
  /** Streams the object into a local file. @throws DataError `object_missing` */
  readToFile(key: string, path: string): Promise<void>;
  write(key: string, body: string | Uint8Array, contentType?: string): Promise<void>;
  writeFile(key: string, path: string, contentType?: string): Promise<void>;
  list(prefix: string): Promise<Array<{ key: string; bytes: number }>>;
  /** A text that several may write, with its version for `replace`; undefined when there is none. */
  readVersion(key: string): Promise<{ readonly body: string; readonly version: string } | undefined>;
  /**
   * Writes the text if the object still has this version or, for `undefined`, if there is none yet. False, and nothing
   * changes, when somebody else was first.
   */
  replace(key: string, body: string, version: string | undefined): Promise<boolean>;
}

export interface Secrets {
  /** The current value; cached for five minutes, unless `fresh` is asked for. @throws SystemError `secret_unavailable` */
  get(name: string, options?: { readonly fresh?: boolean }): Promise<string>;
}

/** At most one holder per key and fencing number, for work with outside effects. */
export interface Claims {
  /** True when the claim is ours for this attempt; false when another attempt holds it. */
  claim(key: string, attempt: number, holder: string, expiresAt: number): Promise<boolean>;
  /** Records that the work was done, with what it answered. */
  settle(key: string, attempt: number, outcome: Json): Promise<void>;
  /** The recorded outcome, if the work was done. */
  outcome(key: string): Promise<{ outcome: Json } | undefined>;
  /** Until when whoever took the claim last may be at work, ms (up to a second more); undefined when nobody took it. */
  heldUntil(key: string): Promise<number | undefined>;
}

/** What a task did at one place of its work. */
export interface StepRecord {
  /** From 1: the order in which its handler was told, which is the same each time that it runs. */
  readonly position: number;
  /** Which of the handler's operations it is: its number; for what was done inside of another, that one's and more. */
  readonly place: string;
  /**
   * `step`, `model`, `tool`, …; without a place `answers`, when the handler was told what it had waited for, and `void` for a
   * position that nobody may take any more.
   */
  readonly kind: string;
  readonly name: string;
  readonly outcome: ResultValue | { readonly error: ErrorReport };
  /** ms */
  readonly at: number;
  readonly attempt: number;
}

/** What tasks have done so far, step by step. Who may see which is decided by the beginning of the task's key. */
export interface StepLedger {
  /** Everything that was recorded of the task before. */
  read(task: string): Promise<StepRecord[]>;
  /**
   * False, and nothing changes, when there is a record at this position.
   * @param keepUntil ms; it is kept some weeks longer
   */
  append(task: string, record: StepRecord, keepUntil: number): Promise<boolean>;
}

/** A leveled, structured logger: one JSON object per line. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}
