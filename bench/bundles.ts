import { SYSTEMS } from '../lambdas/systems/systems.ts';
import type { Assets } from '../lib/bundling/assets.ts';
import { listBundles } from '../lib/bundling/list-bundles.ts';
import { projectAssets } from '../lib/bundling/project-assets.ts';
import { loadConfig } from '../lib/config.ts';
import { PROBE } from '../test/support/probe/system.ts';
import type { Bench } from './bench.ts';
import { coldInits, lambdaEnvironment } from './cold-init.ts';

interface Row {
  readonly name: string;
  readonly kb: number;
  readonly init_ms_over_bare: number;
}

const ROUNDS = 9;

/** Size and cold start of every Lambda. The probe's worker is the plain agent: the runtime, and no work of its own. */
export const bench: Bench = {
  async run({ progress }) {
    progress('building every Lambda');
    const systems = [...SYSTEMS, PROBE];
    const layers = new Set<string>();
    const assets = projectAssets();
    const recording: Assets = {
      bundle: (request) => assets.bundle(request),
      layer(name, architecture) {
        const layer = assets.layer(name, architecture);
        layers.add(layer.path);
        return layer;
      },
    };
    const built = listBundles(loadConfig('local'), systems, recording);
    const folders = built.map(({ path }) => path);
    const inits = coldInits(folders, lambdaEnvironment(systems, [...layers]), ROUNDS, progress);
    const bare = inits.get('') ?? Number.NaN;
    const bundles: Row[] = built.map(({ name, path, bytes }) => ({
      name: name.replace(/^test\/support\//, ''),
      kb: Math.round(bytes / 1_000),
      init_ms_over_bare: Math.round((inits.get(path) ?? Number.NaN) - bare),
    }));
    return { bare_node_ms: Math.round(bare), bundles };
  },
  table: ({ bundles, bare_node_ms }) =>
    [
      ...(bundles as Row[]).map(
        ({ name, kb, init_ms_over_bare }) =>
          `${name.padEnd(26)} ${String(kb).padStart(5)} KB  ${String(init_ms_over_bare).padStart(4)} ms above bare Node`,
      ),
      `bare Node: ${bare_node_ms} ms`,
    ].join('\n'),
};
