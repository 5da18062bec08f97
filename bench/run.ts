import { createHash } from 'node:crypto';
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
  signing: () => import('./signing.ts'),
  jose: () => import('./jose.ts'),
  api: () => import('./api.ts'),
  stream: () => import('./stream.ts'),
  ueba: () => import('./ueba.ts'),
  privacy: () => import('./privacy.ts'),
  maintenance: () => import('./maintenance.ts'),
  tenants: () => import('./tenants.ts'),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    ...{ dir: { type: 'string' }, data: { type: 'string' }, seed: { type: 'string' }, operations: { type: 'string' } },
    ...{ train: { type: 'string' }, test: { type: 'string' }, rul: { type: 'string' } },
  },
});
const [name = ''] = positionals;
const load = BENCHES[name];
if (!load) {
  console.error(
    `usage: npm run bench -- ${Object.keys(BENCHES).join('|')} [--json] [--dir DIR] [--data FILE] [--seed S] [--operations N] [--train FILE --test FILE [--rul FILE]]`,
  );
  process.exit(2);
}
const { bench } = await load();
/** A whole number is one; of anything else, its hash. */
function seedOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  return createHash('sha256').update(text).digest().readUInt32BE();
}

const figures = await bench
  .run({
    progress: (line) => console.error(line),
    ...(values.dir !== undefined && { dir: values.dir }),
    ...(values.data !== undefined && { data: values.data }),
    ...(values.seed !== undefined && { seed: seedOf(values.seed) }),
    ...(values.operations !== undefined && { operations: Number(values.operations) }),
    ...(values.train !== undefined && { train: values.train }),
    ...(values.test !== undefined && { test: values.test }),
    ...(values.rul !== undefined && { rul: values.rul }),
  })
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
console.error(bench.table(figures));
if (values.json) {
  console.log(JSON.stringify({ machine: machine(), versions: versions(), date: new Date().toISOString(), ...figures }));
}
