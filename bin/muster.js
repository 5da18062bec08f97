#!/usr/bin/env node
// Plain JavaScript on purpose: it must run on whatever Node the machine has, and only then hands over to
// the Node that npm brought with the project, which runs TypeScript as it is.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));
const modules = join(project, 'node_modules');
const ownNode = join(modules, '.bin', 'node');
const major = Number(process.versions.node.split('.')[0]);

function fail(message) {
  process.stderr.write(`muster: ${message}\n`);
  process.exit(1);
}

if (!existsSync(join(modules, 'commander')))
  fail(`the project's dependencies are not installed. Run "npm ci" in ${project} first.`);
if (!existsSync(ownNode) && major < 24)
  fail(
    `this needs Node 24 and you run ${process.versions.node}. npm brings it as an optional dependency: ` +
      `run "npm ci" without --omit=optional in ${project}, or install Node 24 (https://nodejs.org).`,
  );

const child = spawn(
  existsSync(ownNode) ? ownNode : process.execPath,
  [join(project, 'bin', 'muster.ts'), ...process.argv.slice(2)],
  // The fourth is a line to the child, which ends when this process is killed.
  { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
);
// A terminal sends Ctrl-C to both of us, so the child sees it twice; it takes two within a moment for one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => fail(`could not start ${ownNode}: ${error.message}`));
child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
