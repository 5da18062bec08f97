import type { Bench } from './bench.ts';
import { coldInits } from './cold-init.ts';
import { lambdaBundles } from './lambda-bundles.ts';

interface Row {
  readonly name: string;
  readonly kb: number;
  readonly init_ms_over_bare: number;
}

const ROUNDS = 9;

/** Size and cold start of every Lambda; `probe-worker` is the plain agent: the runtime and no work of its own. */
export const bench: Bench = {
  async run({ progress }) {
    progress('building every Lambda');
    const built = lambdaBundles();
    const inits = coldInits(built, ROUNDS, progress);
    const bare = inits.get('') ?? 0;
    const bundles: Row[] = built.bundles.map(({ name, kb }) => ({
      name,
      kb,
      init_ms_over_bare: Math.round((inits.get(name) ?? 0) - bare),
    }));
    return { bare_node_ms: Math.round(bare), bundles };
  },
  table: ({ bundles, bare_node_ms }) =>
    [
      ...(bundles as Row[]).map(
        ({ name, kb, init_ms_over_bare }) =>
          `${name.padEnd(18)} ${String(kb).padStart(5)} KB  ${String(init_ms_over_bare).padStart(4)} ms above bare Node`,
      ),
      `bare Node: ${String(bare_node_ms)} ms`,
    ].join('\n'),
};
