import { createHash } from 'node:crypto';
import { type SharedWorld, sharedWorld, TENANTS, type Tenant } from './shared-world.ts';
import { OPERATIONS } from './tenant-operations.ts';

/** A small stream of numbers that a seed determines (mulberry32). */
export function dice(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    int,
    of<T>(values: readonly T[]): T {
      const value = values[int(values.length)];
      if (value === undefined) throw new Error('there is nothing to choose from');
      return value;
    },
  };
}

/** One thing that a tenant does. What it names may be anybody's: an attacker knows all names. */
export interface Act {
  readonly tenant: Tenant;
  readonly operation: keyof typeof OPERATIONS;
  readonly args: readonly number[];
  /** Ms that pass before it. */
  readonly afterMs: number;
}

export function actsOf(seed: number, count: number): Act[] {
  const random = dice(seed);
  const names = Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[];
  return Array.from({ length: count }, () => ({
    tenant: random.of(TENANTS),
    operation: random.of(names),
    args: [random.int(2), random.int(40), random.int(40), random.int(6)],
    afterMs: random.int(4) === 0 ? random.int(200) : 0,
  }));
}

/** Time passes for all alike, whoever acts; what a tenant sees is noted after each of its acts. */
async function play(
  acts: readonly Act[],
  who: readonly Tenant[],
  around: (world: SharedWorld) => SharedWorld,
): Promise<string[]> {
  const shared = around(await sharedWorld());
  const seen: string[] = [];
  for (const { tenant, operation, args, afterMs } of acts) {
    shared.clock.advance(afterMs);
    if (!who.includes(tenant)) {
      seen.push('');
      continue;
    }
    const observed = await OPERATIONS[operation](shared, tenant, args).catch(
      (error: Error) => `${error.name}: ${error.message}`,
    );
    seen.push(
      createHash('sha1')
        .update(observed ?? '')
        .digest('hex'),
    );
  }
  return seen;
}

/** Where what somebody sees depends on what the other has done. */
export interface Leak {
  readonly seed: number;
  readonly index: number;
  readonly act: Act;
}

/**
 * Plays both tenants in one world, and each by itself in a world of its own: a tenant must see exactly the same in both,
 * else something of the other has come through, or was changed.
 */
export async function leaksOf(
  seed: number,
  count: number,
  around: (world: SharedWorld) => SharedWorld = (world) => world,
): Promise<Leak[]> {
  const acts = actsOf(seed, count);
  const together = await play(acts, TENANTS, around);
  const leaks: Leak[] = [];
  for (const tenant of TENANTS) {
    const alone = await play(acts, [tenant], around);
    const index = acts.findIndex((act, at) => act.tenant === tenant && alone[at] !== together[at]);
    const act = acts[index];
    if (act) leaks.push({ seed, index, act });
  }
  return leaks;
}
