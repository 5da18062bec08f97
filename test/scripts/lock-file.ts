import * as z from 'zod';

/*
 * npm leaves packages for other platforms out of package-lock.json when the registry it asks (a mirror, say) does not
 * have them, and then `npm ci` refuses that very file (https://github.com/npm/cli/issues/9846). What it left out can be
 * put back without asking anybody: the packages that want them name their exact versions.
 */

const Entry = z.looseObject({
  version: z.string().optional(),
  dev: z.boolean().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
export const LockFile = z.looseObject({ packages: z.record(z.string(), Entry) });
export type LockFile = z.infer<typeof LockFile>;

/** A dependency that the lock file does not place anywhere its dependent would find it. */
export interface MissingEntry {
  readonly name: string;
  readonly version: string;
  readonly wantedBy: string;
}

/** Whether the package in `folder` would find a package of this name, as Node looks for it. */
function isPlaced(lock: LockFile, folder: string, name: string): boolean {
  for (let at = folder; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (`${at ? `${at}/` : ''}node_modules/${name}` in lock.packages) return true;
    if (at === '') return false;
  }
}

/** The dependencies, optional ones included, that have no entry. */
export function missingEntries(lock: LockFile): MissingEntry[] {
  return Object.entries(lock.packages).flatMap(([folder, entry]) =>
    Object.entries({ ...entry.dependencies, ...entry.optionalDependencies })
      .filter(([name]) => !isPlaced(lock, folder, name))
      .map(([name, version]) => ({ name, version, wantedBy: folder })),
  );
}

const OS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const CPU = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

/** For whom a package is, from its name, such as "@swc/core-linux-ppc64-gnu"; undefined when the name does not say. */
export function platformOf(name: string): { os: string[]; cpu: string[]; libc?: string[] } | undefined {
  const words = name.split(/[/-]/);
  const os = OS.find((word) => words.includes(word));
  const cpu = CPU.find((word) => words.includes(word));
  if (!os || !cpu) return undefined;
  const last = words.at(-1) ?? '';
  const libc =
    os !== 'linux' ? undefined : last.startsWith('musl') ? 'musl' : last.startsWith('gnu') ? 'glibc' : undefined;
  return { os: [os], cpu: [cpu], ...(libc && { libc: [libc] }) };
}

/**
 * What to put back: an entry per left-out package, by its folder.
 * @throws Error when one can't be: it is not for a platform, or its version is a range
 */
export function leftOutEntries(lock: LockFile): Record<string, object> {
  const entries = missingEntries(lock).map(({ name, version, wantedBy }) => {
    const platform = platformOf(name);
    if (!platform || !/^\d+\.\d+\.\d+[\w.-]*$/.test(version))
      throw new Error(`${wantedBy} wants ${name}@${version}, which package-lock.json does not have: run npm install`);
    const dev = lock.packages[wantedBy]?.dev ?? false;
    return [`node_modules/${name}`, { version, ...platform, ...(dev && { dev }), optional: true }] as const;
  });
  return Object.fromEntries(entries);
}
