import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineManifest } from '../../../lambdas/contracts/manifest.ts';
import { inputSchemaOf, registeredParameters } from '../../../lambdas/contracts/registered-schemas.ts';
import { defineAgent } from '../../../lambdas/runtime/agent.ts';
import { fakeAgent } from '../../../lambdas/testing/fake-agent.ts';
import { bench } from './agent-bench.ts';

const about = { name: 'worker', description: 'works', errorImpact: 'Nobody but the test that uses it.' };
const work = { description: 'works', input: z.object({}), output: z.object({ rows: z.number(), model: z.string() }) };
const manifest = defineManifest({
  ...about,
  capabilities: { work },
  parameters: z.object({ rows: z.number().int().min(1).default(10), model: z.string().default('small') }),
});
const agent = defineAgent(manifest, {
  // Typed by the manifest: `rows` is a number here.
  work: (_, { parameters }) => ({ rows: parameters.rows + 1, model: parameters.model }),
});

async function outcome(parameters?: { [name: string]: number | string }) {
  const { run, assignment, reported } = bench(agent);
  await run(await assignment(parameters && { parameters }));
  return (await reported())[0]?.updates[0];
}

describe('the parameters that the code of an agent finds', () => {
  test('are the defaults of its manifest where nothing was set', async () => {
    expect(await outcome()).toMatchObject({ status: 'completed', result: { value: { rows: 11, model: 'small' } } });
  });

  test('are what was set, and the defaults for the rest', async () => {
    expect(await outcome({ rows: 2 })).toMatchObject({ result: { value: { rows: 3, model: 'small' } } });
  });

  test('leave out what an earlier version of the agent had', async () => {
    expect(await outcome({ rows: 2, colour: 'red' })).toMatchObject({ result: { value: { rows: 3, model: 'small' } } });
  });

  test('that do not fit fail the task until somebody sets them right', async () => {
    expect(await outcome({ rows: 0 })).toMatchObject({
      status: 'failed',
      error: {
        ...{ code: 'parameters_invalid', class: 'system' },
        message: expect.stringMatching(/rows.*muster agents params worker --history/s),
      },
    });
  });

  test('are none where the manifest names none', async () => {
    const seen: unknown[] = [];
    const plain = bench(fakeAgent('worker', { work: (_, ctx) => void seen.push(ctx.parameters) }));
    await plain.run(await plain.assignment({ parameters: { rows: 1 } }));
    expect(seen).toEqual([{}]);
  });
});

describe('a manifest', () => {
  test('must have a default for every parameter', () => {
    const define = () =>
      defineManifest({ ...about, capabilities: { work }, parameters: z.object({ rows: z.number() }) });
    expect(define).toThrow(/agent worker: every parameter needs a default: rows/);
  });

  test('registers its parameters as JSON Schema with their defaults', () => {
    expect(registeredParameters(manifest)).toEqual({
      schema: {
        type: 'object',
        properties: {
          rows: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER, default: 10 },
          model: { type: 'string', default: 'small' },
        },
      },
      defaults: { rows: 10, model: 'small' },
    });
    expect(registeredParameters(fakeAgent('plain', { work: () => null }).manifest)).toBeUndefined();
  });

  test('can not have parameters that nobody could check', () => {
    const parameters = z.object({ since: z.date().default(new Date(0)) });
    const odd = defineManifest({ ...about, capabilities: { work }, parameters });
    expect(() => registeredParameters(odd)).toThrow(/agent worker: its parameters must be plain data/);
  });

  test('registers the input of a capability where JSON Schema can say it shortly', () => {
    const schemaOf = (input: z.ZodType) => inputSchemaOf({ input });
    expect(schemaOf(z.object({ rows: z.number().default(1) }))).toEqual({
      ...{ type: 'object', properties: { rows: { type: 'number', default: 1 } } },
    });
    expect(schemaOf(z.unknown())).toBeUndefined();
    expect(schemaOf(z.object({ at: z.date() }))).toBeUndefined();
    expect(schemaOf(z.object({ text: z.string().describe('long '.repeat(1_000)) }))).toBeUndefined();
  });
});
