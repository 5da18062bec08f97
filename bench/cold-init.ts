import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ENV, resourceVariable } from '../lambdas/contracts/environment.ts';
import { SYSTEMS } from '../lambdas/systems/systems.ts';
import type { LambdaBundles } from './lambda-bundles.ts';
import { median } from './median.ts';

/** Everything a stack could set; a handler only looks at what it needs when it is loaded. */
function lambdaEnvironment(layers: readonly string[]): Record<string, string> {
  const { bucketPrefix, secretPrefix, settingPrefix, platformRoles, ...single } = ENV;
  const reaches = SYSTEMS.flatMap(({ agents }) => agents.map((agent) => agent.reaches));
  const resources = reaches.flatMap(({ buckets, secrets, settings }) => [
    ...Object.keys(buckets).map((name) => resourceVariable(bucketPrefix, name)),
    ...secrets.map((name) => resourceVariable(secretPrefix, name)),
    ...settings.map((name) => resourceVariable(settingPrefix, name)),
  ]);
  const names = [...Object.values(single), ...resources];
  return {
    ...Object.fromEntries(names.map((name) => [name, `https://sqs.us-east-1.amazonaws.com/000000000000/${name}`])),
    [ENV.stage]: 'bench',
    [ENV.logLevel]: 'info',
    [platformRoles]: '{}',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    NODE_PATH: layers.map((layer) => join(layer, 'nodejs/node_modules')).join(delimiter),
    PATH: process.env.PATH ?? '',
  };
}

/** Ends as soon as the module is there: what it opened for later must not count. */
const RUNNER = `const { handler } = await import(process.argv[2]);
if (process.argv[3] === 'handler' && typeof handler !== 'function') throw new Error('the bundle has no handler');
process.exit(0);
`;

/** Milliseconds from spawning Node to the end of loading, by bundle and for an empty module (`''`); medians of `rounds`. */
export function coldInits(
  { bundles, layers }: LambdaBundles,
  rounds: number,
  progress: (line: string) => void,
): Map<string, number> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-bench-'));
  try {
    const runner = join(folder, 'runner.mjs');
    const empty = join(folder, 'empty.mjs');
    writeFileSync(runner, RUNNER);
    writeFileSync(empty, 'export {};\n');
    const env = lambdaEnvironment(layers);
    const once = (module: string, kind: string): number => {
      const began = performance.now();
      const { status, stderr } = spawnSync(process.execPath, [runner, module, kind], { env, encoding: 'utf8' });
      if (status !== 0) throw new Error(`${module} does not load:\n${stderr}`);
      return performance.now() - began;
    };
    const times = new Map<string, number[]>();
    // Round by round, so that what else the machine does falls on all of them alike. The first warms the file cache.
    for (let round = 0; round <= rounds; round += 1) {
      progress(round === 0 ? 'cold starts: warming up' : `cold starts: round ${round} of ${rounds}`);
      for (const { name, path } of [{ name: '', path: '' }, ...bundles]) {
        const taken = name === '' ? once(empty, 'empty') : once(join(path, 'index.mjs'), 'handler');
        if (round > 0) times.set(name, [...(times.get(name) ?? []), taken]);
      }
    }
    return new Map([...times].map(([name, all]) => [name, median(all)]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
