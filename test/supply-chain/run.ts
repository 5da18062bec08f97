/*
 * `npm run supply-chain`: are all dependencies pinned, and is every licence permissive? Part of `npm run check`.
 * `npm run sbom` writes the bill of materials as well, to .muster/sbom.json or to where it is told.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { billOfMaterials, isForDevelopment } from './bill-of-materials.ts';
import { licenceProblem } from './licences.ts';
import { pinProblems } from './pins.ts';

const { values } = parseArgs({ options: { output: { type: 'string' } } });
const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

const { text, components } = billOfMaterials();
const problems = [
  ...pinProblems(json('package.json'), json('package-lock.json')),
  ...components.flatMap((component) => licenceProblem(component) ?? []),
];
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (values.output !== undefined) {
  const file = resolve(values.output);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  process.stdout.write(`wrote ${file}\n`);
}
const deployed = components.filter((component) => !isForDevelopment(component)).length;
process.stdout.write(
  problems.length === 0
    ? `${components.length} packages, ${deployed} of them deployed: all pinned, every licence permissive\n`
    : `${problems.length} problems\n`,
);
process.exitCode = problems.length > 0 ? 1 : 0;
