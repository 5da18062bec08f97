import * as z from 'zod';

const Versions = z.record(z.string(), z.string()).default({});
const Project = z.looseObject({
  dependencies: Versions,
  devDependencies: Versions,
  optionalDependencies: Versions,
  overrides: Versions,
  allowScripts: z.record(z.string(), z.boolean()).default({}),
});
const Lock = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({
      version: z.string().optional(),
      resolved: z.string().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
});

const EXACT = /^\d+\.\d+\.\d+(-[\w.-]+)?$/;
const REGISTRY = 'https://registry.npmjs.org/';

/** What is wrong with how package.json and package-lock.json hold dependencies to what was looked at. */
export function pinProblems(packageJson: unknown, lockJson: unknown): string[] {
  const project = Project.parse(packageJson);
  const { packages } = Lock.parse(lockJson);
  const named = Object.entries({
    ...project.dependencies,
    ...project.devDependencies,
    ...project.optionalDependencies,
    ...project.overrides,
  });
  const nameOf = (folder: string): string => folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const scripted = new Set(
    Object.entries(packages).flatMap(([folder, entry]) => (entry.hasInstallScript ? [nameOf(folder)] : [])),
  );
  return [
    ...named.flatMap(([name, version]) => (EXACT.test(version) ? [] : [`${name} is "${version}", not one version`])),
    ...named.flatMap(([name, version]) => {
      const locked = packages[`node_modules/${name}`]?.version;
      return locked !== undefined && EXACT.test(version) && locked !== version
        ? [`${name} is ${version} in package.json and ${locked} in package-lock.json`]
        : [];
    }),
    ...Object.entries(packages).flatMap(([folder, { resolved = REGISTRY }]) =>
      resolved.startsWith(REGISTRY) ? [] : [`${nameOf(folder)} comes from ${resolved}, not from the registry`],
    ),
    ...Object.keys(project.allowScripts).flatMap((name) =>
      scripted.has(name) ? [] : [`allowScripts names ${name}, which has no install script`],
    ),
  ];
}
