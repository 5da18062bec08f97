import { readFileSync, writeFileSync } from 'node:fs';
import { LockFile, leftOutEntries } from './lock-file.ts';

/** `npm run lock`, after a change of dependencies: package-lock.json as it must be for `npm ci` on every platform. */
const [file = 'package-lock.json'] = process.argv.slice(2);
const raw: { packages: Record<string, object> } = JSON.parse(readFileSync(file, 'utf8'));
const leftOut = leftOutEntries(LockFile.parse(raw));
const packages = Object.entries({ ...raw.packages, ...leftOut }).sort(([a], [b]) => a.localeCompare(b, 'en'));
writeFileSync(file, `${JSON.stringify({ ...raw, packages: Object.fromEntries(packages) }, null, 2)}\n`);
process.stdout.write(`${file}: ${Object.keys(leftOut).length} packages of other platforms put back\n`);
