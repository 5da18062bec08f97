import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { runChild } from '../../scripts/child.ts';
import { countReport } from '../../scripts/tiers.ts';

const report = (overrides: object = {}) => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
  ...overrides,
});
const ended = { ok: true, reason: 'exit code 0' };

describe('counting a tier', () => {
  test('adds up what jest reports', () => {
    expect(countReport(report(), ended)).toEqual({ passed: 3, failed: 0, skipped: 1 });
    expect(countReport(report({ numFailedTests: 2 }), { ok: false, reason: 'exit code 1' })).toMatchObject({
      failed: 2,
    });
  });

  test('takes a file that could not run for a failure', () => {
    const testResults = [{ status: 'failed', assertionResults: [] }];
    expect(countReport(report({ testResults }), { ok: false, reason: 'exit code 1' })).toMatchObject({
      passed: 3,
      failed: 1,
      note: '1 files could not run',
    });
  });

  test('takes a crash for a failure, with or without a report', () => {
    const crash = { ok: false, reason: 'ended by SIGKILL' };
    expect(countReport(undefined, crash)).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
      note: 'jest left no report: ended by SIGKILL',
    });
    expect(countReport(report(), crash)).toMatchObject({ passed: 3, failed: 1 });
  });
});

describe('a child process', () => {
  test('is ended with all it started when its time is over', async () => {
    const script =
      "require('node:child_process').spawn('sleep', ['1000'], { stdio: 'inherit' }); console.log('started');";
    const result = await runChild(process.execPath, ['-e', `${script} setInterval(() => {}, 1000)`], {
      timeoutMs: 500,
      quiet: true,
    });
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining('longer than') });
  });

  test('of low priority gives way, and so does what it starts', async () => {
    const script =
      "const { getPriority } = require('node:os'); const { execFileSync } = require('node:child_process');" +
      "setTimeout(() => console.log(getPriority(), execFileSync(process.execPath, ['-p', 'os.getPriority()']).toString()), 200);";
    const { output } = await runChild(process.execPath, ['-e', script], {
      timeoutMs: 100_000,
      quiet: true,
      lowPriority: true,
    });
    expect(output.trim()).toMatch(/^19 19$/);
  }, 120_000);

  test('that exits by itself leaves no child of its own behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'muster-child-'));
    const sign = join(folder, 'ended');
    const script = `trap 'touch ${sign}; exit' TERM; echo ready; sleep 1000 & wait`;
    const parent = `const c = require('node:child_process').spawn('sh', ['-c', process.argv[1]]);
      c.stdout.once('data', () => process.exit(0));`;
    const { ok } = await runChild(process.execPath, ['-e', parent, script], { timeoutMs: 20_000, quiet: true });
    expect(ok).toBe(true);
    while (!existsSync(sign)) await sleep(20);
    rmSync(folder, { recursive: true });
  });
});
