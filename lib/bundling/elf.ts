import { closeSync, openSync, readSync } from 'node:fs';
import type { Architecture } from './assets.ts';

/** `e_machine` in the ELF header: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const MACHINES: Readonly<Record<number, Architecture>> = { 62: 'x64', 183: 'arm64' };

/** The architecture a native Linux file was built for; undefined when it is no ELF file or for another machine. */
export function elfArchitecture(path: string): Architecture | undefined {
  const header = Buffer.alloc(20);
  const file = openSync(path, 'r');
  try {
    if (readSync(file, header, 0, 20, 0) < 20) return undefined;
  } finally {
    closeSync(file);
  }
  if (header.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  return MACHINES[header.readUInt16LE(18)];
}
