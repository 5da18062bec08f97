import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type BuildOptions, buildSync, version } from 'esbuild';
import type { BundleRequest } from './assets.ts';
import { inProject, PROJECT } from './project.ts';

/** CommonJS dependencies ask for Node's own modules by `require`, which ES modules do not have. */
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

const OPTIONS = {
  absWorkingDir: PROJECT,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minify: true,
  mainFields: ['module', 'main'],
  outExtension: { '.js': '.mjs' },
  banner: { js: REQUIRE },
  legalComments: 'none',
  logLevel: 'silent',
  metafile: true,
  write: false,
  alias: {
    '@aws-sdk/credential-provider-node': './lib/bundling/lambda-credentials.ts',
    http: './lib/bundling/node-http.ts',
    'node:http': './lib/bundling/node-http.ts',
  },
  // DuckDB comes by layer; the other two are optional parts of pg.
  external: ['@duckdb/node-api', '@duckdb/node-bindings', 'pg-native', 'cloudflare:sockets'],
} as const satisfies BuildOptions;

/** What decides a bundle beside the files it is made from. */
export const BUILD_KEY = JSON.stringify({ esbuild: version, ...OPTIONS, absWorkingDir: '' });

export interface BuiltBundle {
  readonly files: ReadonlyArray<{ readonly name: string; readonly contents: Uint8Array }>;
  /** Paths from the project's root. */
  readonly inputs: readonly string[];
}

/**
 * One Lambda's code and all it imports in one minified ES module, the AWS SDK included.
 * @throws Error when a source is missing or does not build
 */
export function buildBundle(request: BundleRequest): BuiltBundle {
  const sources = { index: request.entry, ...request.extraEntries };
  for (const source of Object.values(sources))
    if (!existsSync(inProject(source))) throw new Error(`there is no ${source} to make a Lambda from`);
  const result = buildSync({
    ...OPTIONS,
    entryPoints: Object.entries(sources).map(([out, source]) => ({ in: source, out })),
    outdir: 'out',
    sourcemap: request.sourceMaps ? 'linked' : false,
    sourcesContent: false,
  });
  return {
    files: result.outputFiles.map(({ path, contents }) => ({ name: path.slice(dirname(path).length + 1), contents })),
    inputs: Object.keys(result.metafile.inputs),
  };
}
