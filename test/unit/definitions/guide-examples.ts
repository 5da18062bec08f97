import * as z from 'zod';
import { defineWorkflow } from '../../../lambdas/definitions/define-workflow.ts';
import { jsonata } from '../../../lambdas/definitions/expression.ts';
import { definitionOf } from '../../../lambdas/definitions/part.ts';
import { broadcast } from '../../../lambdas/definitions/patterns/broadcast.ts';
import { consensus } from '../../../lambdas/definitions/patterns/consensus.ts';
import { decompose } from '../../../lambdas/definitions/patterns/decompose.ts';
import { pipeline } from '../../../lambdas/definitions/patterns/pipeline.ts';
import { requestResponse } from '../../../lambdas/definitions/patterns/request-response.ts';
import { scatterGather } from '../../../lambdas/definitions/patterns/scatter-gather.ts';
import { critic, extractor, loader } from './agents.ts';

/* The TypeScript of docs/guides, word for word: here the compiler sees it, and guides.test.ts runs it. */

export const nightly = defineWorkflow({
  name: 'etl.nightly',
  input: z.strictObject({ table: z.string() }),
  agents: [extractor, loader],
})
  .task('extract', {
    type: 'etl.extract',
    input: ({ input }) => ({ table: input('table') }),
  })
  .task('load', {
    type: 'etl.load',
    after: ['extract'],
    input: ({ result }) => ({ keys: [result('extract', 'key')], expect: result('extract', 'rows') }),
  })
  .build(['load']);

export const question = definitionOf({ name: 'qa' }, requestResponse({ id: 'answer', type: 'text.judge' }));

export const publish = definitionOf(
  { name: 'publish' },
  pipeline([
    { id: 'draft', type: 'text.write' },
    { id: 'edit', type: 'text.edit' },
    { id: 'check', type: 'text.judge', sees: { input: [] } },
  ]),
);

export const poll = definitionOf(
  { name: 'poll' },
  broadcast({
    id: 'answers',
    to: [
      { id: 'north', type: 'sites.ask' },
      { id: 'south', type: 'sites.ask' },
    ],
    tolerate: 1,
  }),
);

export const wordCount = definitionOf(
  { name: 'word-count' },
  scatterGather({
    items: '{% $input.files %}',
    each: { id: 'count', type: 'text.count', input: { file: '{% $item %}' } },
    gather: { id: 'total', value: '{% $sum($results.count.words) %}' },
    limit: 20,
  }),
);

export const review = definitionOf(
  { name: 'review' },
  consensus({
    id: 'verdict',
    participants: [
      { id: 'editor', type: 'text.judge', sees: { input: ['draft'] } },
      { id: 'lawyer', type: 'text.judge', sees: { input: ['draft', 'contract'] } },
      { id: 'reader', type: 'text.judge', sees: { input: ['draft'] } },
    ],
    quorum: 2,
    weights: { lawyer: 2 },
    tie: 'person',
  }),
);

export const report = definitionOf(
  { name: 'report' },
  decompose({
    plan: { id: 'outline', type: 'text.plan' },
    group: 'chapters',
    synthesize: { id: 'book', type: 'text.join', sees: { input: ['title'] } },
    limit: 8,
    tolerate: 1,
  }),
);

export const release = defineWorkflow({ name: 'release', agents: [critic, loader] })
  .task('draft', { type: 'text.judge', input: () => ({ text: 'is it ready?' }) })
  .include(
    consensus({
      id: 'verdict',
      participants: [
        { id: 'anna', type: 'text.judge', input: { text: 'anna, is it ready?' } },
        { id: 'bert', type: 'text.judge', input: { text: 'bert, is it ready?' } },
      ],
      after: ['draft'],
    }),
  )
  .task('load', {
    type: 'etl.load',
    after: ['verdict'],
    when: ({ result }) => jsonata<boolean>(`${result('verdict')}.decision = 'keep'`),
    input: () => ({ keys: [] }),
  })
  .build(['load']);
