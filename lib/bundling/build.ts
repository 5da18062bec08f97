import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type BuildOptions, buildSync, type Metafile, version } from 'esbuild';
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
  // Prompts and the like: what they say becomes a text in the code.
  loader: { '.md': 'text' },
  banner: { js: REQUIRE },
  legalComments: 'none',
  logLevel: 'silent',
  metafile: true,
  write: false,
  alias: {
    '@aws-sdk/credential-provider-node': './lib/bundling/lambda-credentials.ts',
    ajv: './lib/bundling/no-ajv.ts',
    'ajv-formats': './lib/bundling/no-ajv.ts',
    http: './lib/bundling/node-http.ts',
    'node:http': './lib/bundling/node-http.ts',
    'zod/v4': './lib/bundling/zod-namespace.ts',
    // An alias counts for all below it as well.
    'zod/v4/core': './node_modules/zod/v4/core/index.js',
    'zod/v4/locales': './node_modules/zod/v4/locales',
  },
  // DuckDB and the embedding model come by layer; the last two are optional parts of pg.
  external: ['@duckdb/node-api', '@duckdb/node-bindings', '@energetic-ai/*', 'pg-native', 'cloudflare:sockets'],
} as const satisfies BuildOptions;

const EVENT_STREAMS = '@smithy/core/event-streams';
const NO_EVENT_STREAMS = 'lib/bundling/no-event-streams.cjs';

/** What decides a bundle beside the files it is made from. */
export const BUILD_KEY = JSON.stringify({ esbuild: version, ...OPTIONS, absWorkingDir: '', spare: [EVENT_STREAMS] });

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
  const options = {
    ...OPTIONS,
    entryPoints: Object.entries(sources).map(([out, source]) => ({ in: source, out })),
    outdir: 'out',
    sourcemap: request.sourceMaps ? 'linked' : false,
    sourcesContent: false,
  } as const satisfies BuildOptions;
  const spare = buildSync({ ...options, alias: { ...OPTIONS.alias, [EVENT_STREAMS]: `./${NO_EVENT_STREAMS}` } });
  const result = streamsEvents(spare.metafile) ? buildSync(options) : spare;
  return {
    files: result.outputFiles.map(({ path, contents }) => ({ name: path.slice(dirname(path).length + 1), contents })),
    inputs: Object.keys(result.metafile.inputs),
  };
}

/** @smithy/core itself asks for them only when a client has such operations, and that client then asks too. */
function streamsEvents({ inputs, outputs }: Metafile): boolean {
  return Object.values(outputs)
    .flatMap((output) => Object.entries(output.inputs))
    .filter(([file, { bytesInOutput }]) => bytesInOutput > 0 && !file.startsWith('node_modules/@smithy/core/'))
    .some(([file]) => inputs[file]?.imports.some(({ path }) => path === NO_EVENT_STREAMS));
}
