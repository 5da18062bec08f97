import { describe, expect, test } from '@jest/globals';
import { agent as statistician } from '../../../../lambdas/systems/task-agents/agents/statistician/agent.ts';
import { agent as summarizer } from '../../../../lambdas/systems/task-agents/agents/summarizer/agent.ts';
import { scriptedModel } from '../../../../lambdas/testing/scripted-model.ts';
import { createApiWorld } from '../../../support/api/api-world.ts';
import { ARTICLE } from './support/texts.ts';

const world = (models = {}) => createApiWorld({ agents: [summarizer, statistician], models, patienceMs: 2_000 });
const body = (content: object) => ({
  body: { task_type: 'text.summarize', content, timeout: 20 },
  headers: { 'x-agent-preference': 'summarizer' },
});
const EXECUTE = ['POST', '/api/v1/agents/execute'] as const;

describe('POST /api/v1/agents/execute with text.summarize', () => {
  test('comes back with the words of the model, its name and its tokens', async () => {
    const said = 'Lighthouses guided ships along the coast for two centuries. Satellites took over most of their work.';
    const { call } = await world({ fast: scriptedModel([said]) });
    const { status, body: answer } = await call(...EXECUTE, body({ text: ARTICLE }));
    expect(status).toBe(200);
    expect(answer.data).toMatchObject({
      result: { summary: said, answered_by: { way: 'model', model: 'fast' } },
      agent_info: { name: 'summarizer', version: '1.0.0' },
      metadata: { model_used: 'fast', tokens_used: expect.any(Number) },
    });
    expect(answer.data.metadata.tokens_used).toBeGreaterThan(10);
  });

  test('without a model comes back with sentences of the text, and says so', async () => {
    const { call } = await world();
    const { body: answer } = await call(...EXECUTE, body({ text: ARTICLE, sentences: 2 }));
    const { result, metadata } = answer.data;
    expect(result.answered_by).toMatchObject({
      way: 'statistics',
      method: 'LexRank over sentences',
      why: expect.stringContaining('model_not_configured'),
    });
    expect(metadata).toMatchObject({ model_used: null, tokens_used: 0 });
    const plain = ARTICLE.replaceAll(/\s+/g, ' ');
    const sentences = result.summary.match(/[^.]+\./g) ?? [];
    expect(sentences).toHaveLength(2);
    for (const sentence of sentences) expect(plain).toContain(sentence.trim());
    expect(result.key_words).toContain('lighthouse');
  });

  test.each([
    ['critical', 'express'],
    ['low', 'standard'],
  ])(
    'a task of priority %s passes the %s lane of the agent that was chosen, and the answer goes to who asked',
    async (priority, lane) => {
      const { call, fleet } = await world();
      const { body: asked } = body({ text: ARTICLE });
      const answer = await call(...EXECUTE, { body: { ...asked, priority } });
      expect(answer.body.data.agent_info.name).toBe('summarizer');
      const { journal } = await fleet.look(answer.body.data.task_id);
      const dispatched = journal.flatMap(({ events }) => events.filter(({ type }) => type === 'tasks_dispatched'));
      expect(dispatched).toMatchObject([{ agent: 'summarizer', lane }]);
    },
  );
});
