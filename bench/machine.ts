import { readFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';

/** Where a figure was measured. */
export function machine(): Record<string, unknown> {
  const processors = cpus();
  return {
    platform: platform(),
    arch: arch(),
    cpus: processors.length,
    cpu: processors[0]?.model ?? 'unknown',
    memory_gib: Math.round(totalmem() / 2 ** 30),
  };
}

/** What it was measured with. */
export function versions(): Record<string, string> {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return { muster: own.version, node: process.versions.node, v8: process.versions.v8 };
}
