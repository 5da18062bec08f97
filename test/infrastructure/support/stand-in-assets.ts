import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Assets, BundleRequest } from '../../../lib/bundling/assets.ts';

/** Code that does nothing, so that templates can be made without bundling; remembers what was asked for. */
export function standInAssets(): Assets & { readonly requests: BundleRequest[]; readonly layers: string[] } {
  const path = join(tmpdir(), 'muster-stand-in-asset');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'index.mjs'), 'export const handler = async () => ({ batchItemFailures: [] });\n');
  const requests: BundleRequest[] = [];
  const layers: string[] = [];
  return {
    requests,
    layers,
    bundle(request) {
      requests.push(request);
      return { path, hash: 'a'.repeat(64) };
    },
    layer(name, architecture) {
      layers.push(`${name}-${architecture}`);
      return { path, hash: 'b'.repeat(64) };
    },
  };
}
