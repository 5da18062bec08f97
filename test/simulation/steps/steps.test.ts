import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { STEPS_MUTANTS } from './mutants.ts';
import { AWAITS } from './world.ts';

const RUN = fileURLToPath(new URL('./run.ts', import.meta.url));

const Report = z.object({
  violations: z.number(),
  first: z.json().optional(),
  crashes: z.number(),
  deaths: z.record(z.string(), z.number()),
  effects: z.object({ done: z.number(), again: z.number(), duplicates: z.number() }),
  payments: z.object({ done: z.number(), duplicates: z.number() }),
});
const Hunted = z.object({ planted: z.number(), missed: z.array(z.string()) });

/** Played by plain Node: jest's own module loader would cost it most of its speed. */
async function play(...args: string[]): Promise<unknown> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [RUN, '--json', ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  const ended = Promise.withResolvers<void>();
  child.once('close', () => ended.resolve());
  child.once('error', ended.reject);
  await ended.promise;
  return JSON.parse(out.trimEnd().split('\n').at(-1) ?? '{}');
}

describe('tasks with steps whose processes die', () => {
  test('ten thousand times, at every await, have each effect once: under one key, and never again when it is on record', async () => {
    const { violations, first, crashes, deaths, effects, payments } = Report.parse(
      await play('--crashes', '10000', '--seed', '1'),
    );
    expect({ violations, first }).toEqual({ violations: 0, first: undefined });
    expect([effects.duplicates, payments.duplicates]).toEqual([0, 0]);
    expect(crashes).toBeGreaterThanOrEqual(10_000);
    // All of them were come to, and not by a few programs only.
    for (const what of AWAITS)
      for (const when of ['before', 'after']) expect(deaths[`${what}, ${when}`]).toBeGreaterThan(20);
    // Many an effect had happened, unrecorded, when its process died: the test would be none if that were rare.
    expect(effects.again).toBeGreaterThan(effects.done / 10);
    expect(payments.done).toBeGreaterThan(1_000);
  }, 600_000);

  test('and bugs planted into what steps stand on are found', async () => {
    expect(Hunted.parse(await play('--planted'))).toEqual({ planted: STEPS_MUTANTS.length, missed: [] });
  }, 600_000);
});
