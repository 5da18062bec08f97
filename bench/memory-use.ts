import { readdirSync, readFileSync } from 'node:fs';

/** Megabytes, by what uses them: memory that processes share is split among them (PSS). */
export interface MemoryUse {
  readonly emulator: number;
  readonly lambdas: number;
  readonly postgres: number;
  /** The command itself, and what it serves besides. */
  readonly rest: number;
}

/**
 * What all processes use that have been started in a folder, or by one that has. Undefined where there is no /proc.
 * @param folder a path that nothing else names
 */
export function memoryUse(folder: string): MemoryUse | undefined {
  let pids: string[];
  try {
    pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return undefined;
  }
  const all = new Map(pids.flatMap((pid) => look(pid) ?? []));
  const belongs = (pid: string): boolean => {
    const seen = all.get(pid);
    return seen !== undefined && (seen.words.includes(folder) || belongs(seen.parent));
  };
  const use = { emulator: 0, lambdas: 0, postgres: 0, rest: 0 };
  for (const [pid, { words, kb }] of all) if (belongs(pid)) use[whose(words)] += kb;
  return {
    emulator: megabytes(use.emulator),
    lambdas: megabytes(use.lambdas),
    postgres: megabytes(use.postgres),
    rest: megabytes(use.rest),
  };
}

const megabytes = (kb: number): number => Math.round(kb / 1024);

function whose(words: string): keyof MemoryUse {
  if (words.includes('AWS_LAMBDA_FUNCTION_NAME=')) return 'lambdas';
  if (/^\S*postgres/.test(words)) return 'postgres';
  return words.includes('GATEWAY_PORT=') ? 'emulator' : 'rest';
}

/** A process that ends meanwhile, or is somebody else's, is left out. */
function look(pid: string): [[string, { words: string; parent: string; kb: number }]] | undefined {
  try {
    const text = (file: string): string => readFileSync(`/proc/${pid}/${file}`, 'latin1');
    const kb = Number(/^Pss:\s+(\d+)/m.exec(text('smaps_rollup'))?.[1] ?? 0);
    const parent = /^PPid:\s+(\d+)/m.exec(text('status'))?.[1] ?? '0';
    return [[pid, { words: `${text('cmdline')}\0${text('environ')}`, parent, kb }]];
  } catch {
    return undefined;
  }
}
