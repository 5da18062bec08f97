import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { App, cx_api as cxapi } from 'aws-cdk-lib';
import type { System } from '../../lambdas/contracts/system.ts';
import { createApp } from '../app.ts';
import type { Config } from '../config.ts';
import type { Assets } from './assets.ts';
import { projectAssets } from './project-assets.ts';

export interface BundleSize {
  /** Such as `platform/coordinator` or `etl/agents/extractor`. */
  readonly name: string;
  readonly entry: string;
  /** The folder that is deployed; its `index.mjs` exports `handler`. */
  readonly path: string;
  /** All of its files, minified, before compression. */
  readonly bytes: number;
}

/** Every Lambda of a stage with its code's size; builds what is not built yet. */
export function listBundles(
  config: Config,
  systems: readonly System[],
  assets: Assets = projectAssets(),
): BundleSize[] {
  const seen = new Map<string, BundleSize>();
  const recording: Assets = {
    layer: (name, architecture) => assets.layer(name, architecture),
    bundle(request) {
      const asset = assets.bundle(request);
      const { entry } = request;
      seen.set(entry, { name: nameOf(entry), entry, path: asset.path, bytes: bytesIn(asset.path) });
      return asset;
    },
  };
  // Nothing is deployed from here, so nothing needs to be copied.
  const app = new App({ context: { [cxapi.DISABLE_ASSET_STAGING_CONTEXT]: true } });
  createApp({ config, systems, assets: recording, app });
  return [...seen.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function nameOf(entry: string): string {
  return entry
    .replace(/^lambdas\/(systems\/)?/, '')
    .replace(/\/handler\.ts$/, '')
    .replace(/-handler\.ts$/, '');
}

function bytesIn(folder: string): number {
  const sizes = readdirSync(folder).map((file) => statSync(join(folder, file)).size);
  return sizes.reduce((sum, size) => sum + size, 0);
}
