import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ENV, resourceVariable } from '../lambdas/contracts/environment.ts';
import type { System } from '../lambdas/contracts/system.ts';
import { median } from './median.ts';

/** Ends as soon as the module is there: what it has opened for later must not count. */
const RUNNER = `const { handler } = await import(process.argv[2]);
if (process.argv[3] === 'handler' && typeof handler !== 'function') throw new Error('the bundle has no handler');
process.exit(0);
`;

/** Everything that a stack could set; a handler only looks at what it needs when it is loaded. */
export function lambdaEnvironment(systems: readonly System[], layers: readonly string[]): Record<string, string> {
  const { bucketPrefix, secretPrefix, settingPrefix, ...single } = ENV;
  const resources = systems
    .flatMap((system) => system.agents)
    .flatMap(({ reaches: { buckets, secrets, settings } }) => [
      ...Object.keys(buckets).map((name) => resourceVariable(bucketPrefix, name)),
      ...secrets.map((name) => resourceVariable(secretPrefix, name)),
      ...settings.map((name) => resourceVariable(settingPrefix, name)),
    ]);
  const names = [...Object.values(single), ...resources];
  return {
    ...Object.fromEntries(names.map((name) => [name, `https://sqs.us-east-1.amazonaws.com/000000000000/${name}`])),
    [ENV.logLevel]: 'info',
    [ENV.platformRoles]: '{}',
    [ENV.memoryEmbeddings]: '"local"',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    NODE_PATH: layers.map((layer) => join(layer, 'nodejs/node_modules')).join(delimiter),
    PATH: process.env.PATH ?? '',
  };
}

/** Milliseconds from spawning Node to the end of loading a bundle, by its folder; `''` is an empty module. Medians. */
export function coldInits(
  folders: readonly string[],
  env: Readonly<Record<string, string>>,
  rounds: number,
  progress: (line: string) => void,
): Map<string, number> {
  const work = mkdtempSync(join(tmpdir(), 'muster-bench-'));
  try {
    const runner = join(work, 'runner.mjs');
    const empty = join(work, 'empty.mjs');
    writeFileSync(runner, RUNNER);
    writeFileSync(empty, 'export {};\n');
    const once = (folder: string): number => {
      const module = folder === '' ? [empty, 'empty'] : [join(folder, 'index.mjs'), 'handler'];
      const began = performance.now();
      const { status, stderr } = spawnSync(process.execPath, [runner, ...module], { env, encoding: 'utf8' });
      if (status !== 0) throw new Error(`${folder} does not load:\n${stderr}`);
      return performance.now() - began;
    };
    const times = new Map<string, number[]>();
    // Round by round, so that what else the machine does falls on all alike. The first one warms the file cache.
    for (let round = 0; round <= rounds; round += 1) {
      progress(round === 0 ? 'cold starts: warming up' : `cold starts: round ${round} of ${rounds}`);
      for (const folder of ['', ...folders]) {
        const taken = once(folder);
        if (round > 0) times.set(folder, [...(times.get(folder) ?? []), taken]);
      }
    }
    return new Map([...times].map(([folder, all]) => [folder, median(all)]));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
