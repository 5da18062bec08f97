import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { NonRecoverableError } from '../../../lambdas/contracts/errors.ts';
import type { Json, JsonObject } from '../../../lambdas/contracts/json.ts';
import type { WorkflowDefinition } from '../../../lambdas/contracts/workflow-definition.ts';
import { defineWorkflow } from '../../../lambdas/definitions/define-workflow.ts';
import { jsonata, orElse } from '../../../lambdas/definitions/expression.ts';
import { definitionOf, type Part } from '../../../lambdas/definitions/part.ts';
import { broadcast } from '../../../lambdas/definitions/patterns/broadcast.ts';
import { consensus } from '../../../lambdas/definitions/patterns/consensus.ts';
import { decompose } from '../../../lambdas/definitions/patterns/decompose.ts';
import { pipeline } from '../../../lambdas/definitions/patterns/pipeline.ts';
import { requestResponse } from '../../../lambdas/definitions/patterns/request-response.ts';
import { scatterGather } from '../../../lambdas/definitions/patterns/scatter-gather.ts';
import { fakeAgent } from '../../../lambdas/testing/fake-agent.ts';
import { createTestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { extractor } from './agents.ts';

/** Says what it got, and does what its tests need. */
const actor = fakeAgent('actor', {
  'echo.say': (input) => ({ got: input }),
  'echo.fail': () => {
    throw new NonRecoverableError('cannot', 'it never can');
  },
  'echo.plan': (input, ctx) => {
    const add = (id: string): void =>
      ctx.addTasks([{ id, type: 'echo.say', group: 'parts', input: { part: id, of: '{% $input.topic %}' } }]);
    for (const id of ['first', 'second']) add(id);
    return { planned: input };
  },
  'echo.vote': (input) => ({ vote: typeof input === 'object' && input !== null && 'secret' in input ? 'yes' : 'no' }),
  'etl.extract': () => ({ key: 'k', rows: 3, columns: ['a'] }),
});

async function outcomeOf(definition: WorkflowDefinition, input: JsonObject): Promise<Json> {
  const fleet = await createTestFleet({ agents: [actor] });
  try {
    const run = await fleet.run(definition, input);
    expect(run.error).toBeUndefined();
    return { ...run.result };
  } finally {
    fleet.stop();
  }
}
const resultOf = (part: Part, input: JsonObject = {}) => outcomeOf(definitionOf({ name: 'demo' }, part), input);

describe('on a fleet', () => {
  test('a request is answered', async () => {
    const part = requestResponse({ id: 'a', type: 'echo.say' });
    expect(await resultOf(part, { x: 1 })).toEqual({ a: { got: { x: 1 } } });
  });

  test('a pipeline hands on what each stage answers', async () => {
    const part = pipeline([
      { id: 'a', type: 'echo.say' },
      { id: 'b-2', type: 'echo.say' },
    ]);
    expect(await resultOf(part, { x: 1 })).toEqual({ 'b-2': { got: { got: { x: 1 } } } });
  });

  test('a broadcast has every answer, and null from who failed', async () => {
    const part = broadcast({
      id: 'all',
      to: [
        { id: 'a', type: 'echo.say' },
        { id: 'b', type: 'echo.fail' },
      ],
      tolerate: 1,
    });
    expect(await resultOf(part, { x: 1 })).toEqual({ all: { a: { got: { x: 1 } }, b: null } });
  });

  test('what was scattered is gathered in order', async () => {
    const part = scatterGather({
      each: { id: 'each', type: 'echo.say' },
      gather: { id: 'all', value: '{% [$results.each.got] %}' },
      limit: 1,
    });
    expect(await resultOf(part, { items: ['x', 'y', 'z'] })).toEqual({ all: ['x', 'y', 'z'] });
  });

  test('a vote counts who could vote, by weight, and each has seen only what it may', async () => {
    const part = consensus({
      id: 'verdict',
      participants: [
        { id: 'a', type: 'echo.vote', sees: { input: ['topic'] } },
        { id: 'b', type: 'echo.vote', sees: { input: ['topic', 'secret'] } },
        { id: 'c', type: 'echo.fail' },
      ],
      quorum: 2,
      weights: { b: 3 },
    });
    expect(await resultOf(part, { topic: 't', secret: 's' })).toEqual({
      verdict: { decision: 'yes', for: 3, against: 1, votes: { a: 'no', b: 'yes' }, weights: { a: 1, b: 3 } },
    });
  });

  test('work is cut up, done side by side and put together', async () => {
    const part = decompose({
      plan: { id: 'plan', type: 'echo.plan' },
      group: 'parts',
      synthesize: { id: 'whole', type: 'echo.say' },
    });
    expect(await resultOf(part, { topic: 't' })).toEqual({
      whole: {
        got: {
          plan: { planned: { topic: 't' } },
          parts: [{ got: { part: 'first', of: 't' } }, { got: { part: 'second', of: 't' } }],
        },
      },
    });
  });

  test('what the builder wrote runs as its types say', async () => {
    const definition = defineWorkflow({
      name: 'typed',
      input: z.object({ tables: z.array(z.string()), least: z.number().optional() }),
      agents: [extractor],
    })
      .task('extract', {
        type: 'etl.extract',
        forEach: { items: ({ input }) => input('tables') },
        input: ({ item }) => ({ table: item() }),
      })
      .value('rows', { after: ['extract'], value: ({ result }) => jsonata<number>(`$sum(${result('extract')}.rows)`) })
      .value('end', {
        after: ['rows'],
        when: ({ result }) => jsonata(`${result('rows')} > 0`),
        value: ({ input, result }) => ({
          rows: result('rows'),
          least: orElse(input('least'), 7),
          first: input('tables'),
        }),
      })
      .build(['end']);
    expect(await outcomeOf(definition, { tables: ['one'] })).toEqual({ end: { rows: 3, least: 7, first: ['one'] } });
  });
});
