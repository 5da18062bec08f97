import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../../../lambdas/contracts/json.ts';
import type { Accounts } from '../../../../lambdas/runtime/budgets/accounts.ts';
import type { Rates } from '../../../../lambdas/runtime/budgets/rate.ts';
import type { MemoryPassKey } from '../../../../lambdas/runtime/memory/memory-pass.ts';
import type * as Memories from '../../../../lambdas/runtime/memory/memory-stores.ts';
import type * as Ports from '../../../../lambdas/runtime/ports.ts';
import type { QueueRecord } from '../../../../lambdas/runtime/queue-record.ts';
import type { OpenRuns } from '../../../../lambdas/tenancy/open-runs.ts';
import type { Tenants } from '../../../../lambdas/tenancy/tenants.ts';
import type { Journal, JournalArchive } from '../../../../lambdas/workflow/journal.ts';

/** One world's ports, and what a test needs to look behind them. */
export interface PortsUnderTest {
  readonly journal: Journal & JournalArchive;
  readonly flowDirectory: Ports.FlowDirectory;
  readonly runs: Ports.Runs;
  /** Without what an earlier one may have cached. */
  freshRegistry(): Ports.Registry;
  readonly registryWriter: Ports.RegistryWriter;
  /** Without what an earlier one may have cached. */
  freshHolds(): Ports.Holds;
  readonly parameters: Ports.ParameterStore;
  /** Without what an earlier one may have cached; each as another coordinator has it. */
  freshBreakers(): Ports.Breakers;
  readonly heartbeats: Ports.Heartbeats;
  readonly resultCache: Ports.ResultCache;
  readonly claims: Ports.Claims;
  readonly ledger: Ports.StepLedger;
  readonly accounts: Accounts;
  /** Without what an earlier one may remember; each as another container has it. */
  freshRates(): Rates;
  /** Without what an earlier one may have cached. */
  freshStops(): Ports.Stops;
  readonly memories: Memories.MemoryStore;
  readonly memoryKeys: Memories.MemoryKeys;
  readonly memorySnapshots: Memories.MemorySnapshots;
  /** Without what an earlier one may have kept. */
  freshMemoryPassKey(): MemoryPassKey;
  /** Without what an earlier one may have cached. */
  freshTenants(): Tenants;
  readonly openRuns: OpenRuns;
  readonly parkingLot: Ports.ParkingLot;
  readonly queues: Ports.Queues;
  readonly visibility: Ports.Visibility;
  readonly blobs: Ports.Blobs;
  readonly objects: Ports.ObjectStore;
  readonly secrets: Ports.Secrets;
  readonly bus: Ports.Bus;
  readonly lifecycle: Ports.Lifecycle;
  /** A secret that is there. */
  readonly secret: { readonly name: string; readonly value: string };
  createQueue(kind: 'standard' | 'fifo'): Promise<QueueUnderTest>;
  /** Events published under this source, at least `count` of them once they have arrived. */
  eventsOf(source: string, count: number): Promise<Array<{ detailType: string; detail: JsonObject }>>;
  /** How many executions of this name were started. */
  executionsOf(runId: string): Promise<number>;
}

export interface QueueUnderTest {
  readonly url: string;
  receive(): Promise<QueueRecord[]>;
}

export type World = () => PortsUnderTest;

/** A run id that no other test has. */
export const someRunId = (): string => `run_${randomBytes(20).toString('hex')}`;
/** A name that no other test has. */
export const someName = (prefix: string): string => `${prefix}-${randomBytes(4).toString('hex')}`;
