import { memoryClaims } from '../../../lambdas/adapters/memory/memory-claims.ts';
import { memoryStepLedger } from '../../../lambdas/adapters/memory/memory-step-ledger.ts';
import { memoryTable } from '../../../lambdas/adapters/memory/memory-table.ts';
import { createMeter } from '../../../lambdas/adapters/memory/meter.ts';
import { countingIds, virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import type { Claims, StepLedger } from '../../../lambdas/runtime/ports.ts';
import { plainBlobs } from '../../../lambdas/testing/plain-blobs.ts';
import type { Random } from '../random.ts';

/** All microtasks have run: what still waits, waits for somebody's answer. */
export const atRest = (): Promise<void> => new Promise((resolve) => void process.nextTick(resolve));

/** What processes wait for: all that reaches beyond them. */
export const AWAITS = [
  'step record read',
  'step record written',
  'result stored',
  'result fetched',
  'effect of a step',
  'payment',
  'claim read',
  'claim taken',
  'claim settled',
  'report',
] as const;
type Awaiting = (typeof AWAITS)[number];

export type Death = `${Awaiting}, ${'before' | 'after'}`;

/** A process that works on a delivery, and what befalls it. */
export interface Container {
  /** Of its awaits, counted from 1, the one at which it dies; none: it lives. */
  readonly diesAt: number | undefined;
  /** Its calls take much longer than those of others. */
  readonly isSlow: boolean;
  isAlive: boolean;
  /** At which await it has died: before the call was made, or when the answer would have come. */
  death?: Death;
  awaits: number;
  /** What it has seen of the ledger, or must, in records that were made by then; -1: nothing. */
  readUpTo: number;
  readonly died: PromiseWithResolvers<void>;
}

/** More than any program takes: who comes so far goes round in circles. */
export const MOST_AWAITS = 5_000;

export function newContainer(diesAt?: number, isSlow = false): Container {
  return { diesAt, isSlow, isAlive: true, awaits: 0, readUpTo: -1, died: Promise.withResolvers() };
}

const never = (): Promise<never> => new Promise(() => {});

/** What outlives all containers. */
export function stepsWorld(random: Random) {
  const meter = createMeter();
  const ledger = memoryStepLedger(memoryTable(meter));
  /** By the operation's name: how many records there were before its own. */
  const recorded = new Map<string, number>();
  const effects = new Map<string, number>();
  let records = 0;

  /**
   * An await of a container: it may die before the call is made, or when the answer would have come. A call that was on its
   * way when its container died may arrive late.
   */
  async function gated<T>(container: Container, awaiting: Awaiting, call: () => Promise<T> | T): Promise<T> {
    if (!container.isAlive) return never();
    await dieHere(container, `${awaiting}, before`);
    for (let turn = container.isSlow ? random.int(30) : random.int(3); turn > 0; turn -= 1) await atRest();
    if (!container.isAlive) {
      // The person who is asked what became of a payment can find out.
      if (awaiting === 'payment' || random.chance(0.5)) return never();
      for (let turn = random.int(60); turn > 0; turn -= 1) await atRest();
    }
    const answer = await call();
    if (!container.isAlive) return never();
    for (let turn = random.int(2); turn > 0; turn -= 1) await atRest();
    if (!container.isAlive) return never();
    await dieHere(container, `${awaiting}, after`);
    return answer;
  }

  async function dieHere(container: Container, death: Death): Promise<void> {
    container.awaits += 1;
    if (container.awaits !== (container.diesAt ?? MOST_AWAITS)) return;
    container.isAlive = false;
    container.death = death;
    container.died.resolve();
    await never();
  }

  const ledgerOf = (container: Container): StepLedger => ({
    async read(task) {
      const { all, upTo } = await gated(container, 'step record read', async () => ({
        all: await ledger.read(task),
        upTo: records,
      }));
      // Known when what was read has been looked through.
      process.nextTick(() => {
        container.readUpTo = Math.max(container.readUpTo, upTo);
      });
      return all;
    },
    append: (task, record, keepUntil) =>
      gated(container, 'step record written', async () => {
        const isNew = await ledger.append(task, record, keepUntil);
        if (isNew && !recorded.has(record.name)) recorded.set(record.name, records);
        if (isNew) records += 1;
        return isNew;
      }),
  });

  const claims = memoryClaims(memoryTable(meter));
  const claimsOf = (container: Container): Claims => ({
    claim: (...args) => gated(container, 'claim taken', () => claims.claim(...args)),
    settle: (...args) => gated(container, 'claim settled', () => claims.settle(...args)),
    outcome: (...args) => gated(container, 'claim read', () => claims.outcome(...args)),
    heldUntil: (...args) => gated(container, 'claim read', () => claims.heldUntil(...args)),
  });

  return {
    clock: virtualClock(),
    ids: countingIds(),
    meter,
    blobs: plainBlobs(meter),
    gated,
    ledgerOf,
    claimsOf,
    effects,
    /** How often each payment was made. */
    paid: new Map<string, number>(),
    records: () => records,
    /** Whether this container has read a record of the operation. */
    hasRead: (container: Container, name: string): boolean =>
      (recorded.get(name) ?? Number.POSITIVE_INFINITY) < container.readUpTo,
  };
}

export type StepsWorld = ReturnType<typeof stepsWorld>;
