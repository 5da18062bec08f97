import { spawnSync } from 'node:child_process';
import * as z from 'zod';

const Licence = z.union([
  z.object({ license: z.object({ id: z.string() }) }).transform(({ license }) => license.id),
  z.object({ expression: z.string() }).transform(({ expression }) => expression),
]);
const Component = z.looseObject({
  name: z.string(),
  version: z.string(),
  purl: z.string(),
  licenses: z.array(Licence).default([]),
  hashes: z.array(z.object({ alg: z.string(), content: z.string() })).default([]),
  properties: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
});
export type Component = z.infer<typeof Component>;

const Bill = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string(),
  components: z.array(Component).min(1),
});

const LARGEST = 64 * 1024 * 1024;

/**
 * What package-lock.json holds, as a bill of materials in CycloneDX's JSON: made by npm itself, from the lock file alone, so
 * it is the same on every platform and needs no network.
 * @throws Error with what npm says
 */
export function billOfMaterials(): { readonly text: string; readonly components: readonly Component[] } {
  const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const { status, stdout, stderr, error } = spawnSync('npm', args, { encoding: 'utf8', maxBuffer: LARGEST });
  if (status !== 0) throw new Error(`npm sbom: ${error?.message ?? (stderr || `exit code ${status}`)}`);
  return { text: stdout, components: Bill.parse(JSON.parse(stdout)).components };
}

export const isForDevelopment = ({ properties }: Component): boolean =>
  properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true');
