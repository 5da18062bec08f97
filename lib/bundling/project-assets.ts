import type { Architecture, Asset, Assets } from './assets.ts';
import { BundleStore } from './bundle-store.ts';
import { duckdbLayer } from './duckdb-layer.ts';
import { embeddingsLayer } from './embeddings-layer.ts';

const LAYERS: Readonly<Record<string, (architecture: Architecture) => Asset>> = {
  duckdb: duckdbLayer,
  embeddings: embeddingsLayer,
};

/** The project's own code and layers. */
export function projectAssets(store = new BundleStore()): Assets {
  return {
    bundle: (request) => store.bundle(request),
    layer(name, architecture) {
      const make = Object.hasOwn(LAYERS, name) ? LAYERS[name] : undefined;
      if (make === undefined) throw new Error(`there is no layer "${name}"; known: ${Object.keys(LAYERS).join(', ')}`);
      return make(architecture);
    },
  };
}
