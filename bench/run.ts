import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { machine, versions } from './machine.ts';

const BENCHES: Readonly<Record<string, () => Promise<{ bench: Bench }>>> = {
  engine: () => import('./engine.ts'),
  fanout: () => import('./fanout.ts'),
  bundles: () => import('./bundles.ts'),
  start: () => import('./start.ts'),
  workflows: () => import('./workflows.ts'),
  selection: () => import('./selection.ts'),
  control: () => import('./control.ts'),
  steps: () => import('./steps.ts'),
  budgets: () => import('./budgets.ts'),
  memory: () => import('./memory.ts'),
  'memory-scale': () => import('./memory-scale.ts'),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, dir: { type: 'string' }, data: { type: 'string' } },
});
const [name = ''] = positionals;
const load = BENCHES[name];
if (!load) {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHES).join('|')} [--json] [--dir DIR] [--data FILE]`);
  process.exit(2);
}
const { bench } = await load();
const figures = await bench
  .run({
    progress: (line) => console.error(line),
    ...(values.dir !== undefined && { dir: values.dir }),
    ...(values.data !== undefined && { data: values.data }),
  })
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
console.error(bench.table(figures));
if (values.json) {
  console.log(JSON.stringify({ machine: machine(), versions: versions(), date: new Date().toISOString(), ...figures }));
}
