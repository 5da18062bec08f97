import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { SYSTEMS } from '../lambdas/systems/systems.ts';
import { createApp } from '../lib/app.ts';
import type { Asset } from '../lib/bundling/assets.ts';
import { projectAssets } from '../lib/bundling/project-assets.ts';
import { loadConfig } from '../lib/config.ts';
import { PROBE } from '../test/support/probe/system.ts';

/** The code of one Lambda, as a deploy to the local stage would upload it. */
export interface LambdaBundle {
  /** `coordinator`, `etl-extractor`. */
  readonly name: string;
  readonly path: string;
  readonly kb: number;
}

export interface LambdaBundles {
  readonly bundles: readonly LambdaBundle[];
  /** Folders of layers, as Lambda would mount them on /opt. */
  readonly layers: readonly string[];
}

/** Builds every Lambda that the app's stacks ask for: the platform's, the systems' and the probe's plain agent. */
export function lambdaBundles(): LambdaBundles {
  const assets = projectAssets();
  const bundles = new Map<string, LambdaBundle>();
  const layers = new Set<string>();
  createApp({
    app: new App(),
    config: loadConfig('local'),
    systems: [...SYSTEMS, PROBE],
    assets: {
      bundle(request): Asset {
        const asset = assets.bundle(request);
        const name = nameOf(request.entry);
        bundles.set(name, { name, path: asset.path, kb: kilobytesOf(asset.path) });
        return asset;
      },
      layer(name, architecture): Asset {
        const asset = assets.layer(name, architecture);
        layers.add(asset.path);
        return asset;
      },
    },
  });
  return { bundles: [...bundles.values()], layers: [...layers] };
}

/** `…/platform/timers/sweep-handler.ts` → `timers-sweep`; `…/etl/agents/extractor/handler.ts` → `etl-extractor`. */
function nameOf(entry: string): string {
  const [folder = '', kind] = entry
    .replace(/-?handler\.ts$/, '')
    .split('/')
    .slice(-2);
  const [system] = entry.split('/').slice(-4);
  const name = entry.includes('/agents/') ? `${system}-${folder}` : folder;
  return kind ? `${name}-${kind}` : name;
}

/** All of its code, what is loaded later or by a worker thread included. */
function kilobytesOf(path: string): number {
  const code = readdirSync(path).filter((file) => file.endsWith('.mjs'));
  return Math.round(code.reduce((sum, file) => sum + statSync(join(path, file)).size, 0) / 1_000);
}
