import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { runCli } from '../support/local-cloud/run-cli.ts';

const EXAMPLE = 'lambdas/systems/etl/examples/pipeline.json';
const Outcome = z.object({ run_id: z.string(), status: z.string(), result: z.looseObject({ workflow: z.string() }) });

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileWith(text: string): string {
  const path = join(folder, 'input.json');
  writeFileSync(path, text);
  return path;
}

describe('muster run', () => {
  test("takes one's own data through a pipeline, and answers with what came of it", async () => {
    const { code, stdout } = await runCli(['run', 'etl.pipeline', '--input', EXAMPLE, '--wait', '--json']);
    expect(code).toBe(0);
    expect(Outcome.parse(JSON.parse(stdout))).toMatchObject({
      status: 'completed',
      result: { workflow: 'etl.pipeline' },
    });
  });

  test('is the same run when the request id is the same', async () => {
    const args = ['run', 'etl.pipeline', '--input', EXAMPLE, '--request-id', 'twice', '--json'];
    const [first, second] = [await runCli(args), await runCli(args)];
    expect(first.code).toBe(0);
    expect(second.stdout).toBe(first.stdout);
  });

  test('points into the file when its input does not fit', async () => {
    const file = fileWith('{ "source": { "kind": "xls", "key": "a" }, "target": { "prefix": "marts/mine" } }');
    const { code, stderr } = await runCli(['run', 'etl.pipeline', '--input', file]);
    expect(code).toBe(1);
    expect(stderr).toContain('"source.kind"');
    expect(stderr).toContain('nothing was started');
  });

  test('guesses what was meant by an unknown workflow', async () => {
    const { code, stderr } = await runCli(['run', 'etl.flight-mort']);
    expect(code).toBe(1);
    expect(stderr).toContain('did you mean "etl.flight-mart"?');
  });
});

describe('muster', () => {
  test('lists agents and workflows as they were registered', async () => {
    const agents = z
      .array(z.looseObject({ name: z.string() }))
      .parse(JSON.parse((await runCli(['agents', '--json'])).stdout));
    expect(agents.map(({ name }) => name)).toEqual(expect.arrayContaining(['etl-extractor', 'etl-loader']));
    const { stdout } = await runCli(['workflows']);
    expect(stdout).toContain('etl.flight-mart');
  });

  test('shows errors without a stack trace, and with what to do next', async () => {
    const { code, stderr } = await runCli(['status', 'run_ffffffffffff']);
    expect(code).toBe(1);
    expect(stderr).toBe('error: no run is called "run_ffffffffffff"\n  → list them with "muster runs"\n');
  });

  test('says that no local cloud is running, where none is', async () => {
    const { code, stderr } = await runCli(['runs'], { MUSTER_HOME: folder });
    expect(code).toBe(1);
    expect(stderr).toContain('npx muster up');
  });
});
