import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as z from 'zod';

const Entry = z.looseObject({
  integrity: z.string().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
const { packages } = z
  .object({ packages: z.record(z.string(), Entry) })
  .parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));

// npm leaves out packages for other platforms that the registry it asks does not have, and `npm ci` then refuses the file
// (https://github.com/npm/cli/issues/9846): take a version that the registry has for every platform.
test('package-lock.json holds what every platform needs, each with its hash', () => {
  const placed = new Set(Object.keys(packages).map((folder) => folder.slice(folder.lastIndexOf('node_modules/') + 13)));
  const wanted = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  expect(wanted.filter((name) => !placed.has(name))).toEqual([]);
  const unhashed = Object.entries(packages).filter(
    ([folder, entry]) => folder !== '' && entry.integrity === undefined && !entry.inBundle,
  );
  expect(unhashed.map(([folder]) => folder)).toEqual([]);
});
