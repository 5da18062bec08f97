import { memoryMemories, memoryMemoryKeys, memoryMemorySnapshots } from '../lambdas/adapters/memory/memory-memories.ts';
import { systemClock } from '../lambdas/adapters/system.ts';
import type { MemoryEntry } from '../lambdas/contracts/memory.ts';
import { createMemory } from '../lambdas/platform/memory/memory.ts';
import type { MemoryPorts } from '../lambdas/platform/memory/memory-ports.ts';
import { sharedPool } from '../lambdas/platform/memory/pools-of.ts';
import { smallVector } from '../lambdas/platform/memory/retrieval/vectors.ts';
import { snapshotName, writeSnapshot } from '../lambdas/platform/memory/snapshot.ts';
import type { Bench } from './bench.ts';

const ENTRIES = 100_000;
const DIMENSIONS = 512;
const QUESTIONS = 100;
const WORDS = 30_000;
const TENANT = 'bench';
const ADDRESS = { tenant: TENANT, pool: sharedPool('facts') };
const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

/** CPU time, which other work on the machine does not add to, and time as it passes; ms. */
interface Taken {
  readonly cpu: number;
  readonly wall: number;
}

/** How long a question takes at 100,000 entries: the memory Lambda's own code over a snapshot, texts and vectors made up. */
export const bench: Bench = {
  async run({ progress }) {
    const random = seeded(7);
    const ports = portsWith(random);
    progress(`making a snapshot of ${ENTRIES} entries`);
    const bytes = await fill(ports, random);
    const memory = createMemory(ports);
    const ask = async (text: string): Promise<Taken> => {
      const [cpu, wall] = [process.cpuUsage(), performance.now()];
      const reply = await memory('people', { tenant: TENANT, operation: { op: 'recall', query: { text } } });
      if ('error' in reply) throw new Error(reply.error.message);
      const { user, system } = process.cpuUsage(cpu);
      return { cpu: (user + system) / 1_000, wall: performance.now() - wall };
    };
    progress('opening it, and asking');
    const cold = await ask(sentence(random, 8));
    const taken: Taken[] = [];
    for (let i = 0; i < QUESTIONS; i++) taken.push(await ask(sentence(random, 8)));
    const ms = (what: keyof Taken, share: number): number => {
      const sorted = taken.map((each) => each[what]).sort((a, b) => a - b);
      return Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
    };
    return {
      ...{ entries: ENTRIES, dimensions: DIMENSIONS, questions: QUESTIONS },
      ...{ recall_cpu_ms_p50: ms('cpu', 0.5), recall_cpu_ms_p95: ms('cpu', 0.95), recall_cpu_ms_max: ms('cpu', 1) },
      ...{ recall_ms_p50: ms('wall', 0.5), recall_ms_p95: ms('wall', 0.95), recall_ms_max: ms('wall', 1) },
      ...{ cold_cpu_ms: Math.round(cold.cpu), cold_ms: Math.round(cold.wall) },
      ...{ snapshot_mb: megabytes(bytes), resident_mb: megabytes(process.memoryUsage().rss) },
    };
  },

  table: (figures) =>
    Object.entries(figures)
      .map(([name, value]) => `${name.padEnd(20)}${value}`)
      .join('\n'),
};

const megabytes = (bytes: number): number => Math.round(bytes / 1_000_000);

function portsWith(random: () => number): MemoryPorts {
  return {
    ...{ clock: systemClock, logger: QUIET },
    memories: memoryMemories(),
    memoryKeys: memoryMemoryKeys(),
    memorySnapshots: memoryMemorySnapshots(),
    // What a model takes comes on top, and is the model's own.
    embedder: { model: 'made-up', embed: async (texts) => texts.map(() => direction(random)) },
    registry: { agents: async () => [] },
    memoryPassKey: { find: async () => undefined },
  };
}

/** @returns the snapshot's bytes */
async function fill({ memories, memoryKeys, memorySnapshots }: MemoryPorts, random: () => number): Promise<number> {
  const key = await memoryKeys.forSubject(TENANT, undefined);
  const entries = Array.from({ length: ENTRIES }, (_, order) => {
    const vector = smallVector(direction(random));
    return { entry: entryOf(order, sentence(random, 20)), order, model: 'made-up', ...(vector && { vector }) };
  });
  await memories.commit(ADDRESS, { version: 0, epoch: 0 }, []);
  const bytes = writeSnapshot(ADDRESS, 1, new Map([[key, entries]]));
  const name = snapshotName(ADDRESS, 1);
  await memorySnapshots.write(name, bytes);
  await memories.setSnapshot(ADDRESS, { name, version: 1 });
  return bytes.length;
}

function entryOf(order: number, text: string): MemoryEntry {
  const at = Date.UTC(2026, 0, 1) + order * 60_000;
  return {
    ...{ id: `mem_${order.toString(16).padStart(32, '0')}`, kind: 'episodic', text, confidence: 1, links: [] },
    ...{ group: `talk-${Math.floor(order / 25)}`, speaker: `speaker ${order % 40}` },
    ...{ at, valid_from: at, recorded_at: at, sources: [{ agent: 'bench', at }] },
  };
}

/** The most frequent ones are stop words, which are not searched for. */
const FIRST_WORD = 20;
/** Words as frequent as in natural text: the rank-th one 1 / rank of the time (Zipf). */
const sentence = (random: () => number, words: number): string =>
  Array.from(
    { length: words },
    () => `w${Math.floor(FIRST_WORD * Math.exp(random() * Math.log(WORDS / FIRST_WORD)))}`,
  ).join(' ');

const direction = (random: () => number): Float32Array =>
  Float32Array.from({ length: DIMENSIONS }, () => random() - 0.5);

/** Numbers in [0, 1) that are the same each time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
