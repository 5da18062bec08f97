import * as z from 'zod';
import { defineManifest } from '../../../../../lambdas/contracts/manifest.ts';
import { WorkflowDefinition } from '../../../../../lambdas/contracts/workflow-definition.ts';
import { type AgentContext, defineAgent } from '../../../../../lambdas/runtime/agent.ts';
import type { UsableTool } from '../../../../../lambdas/runtime/model.ts';
import { prompt } from '../../../../../lambdas/runtime/models/prompt.ts';
import { scriptedModel } from '../../../../../lambdas/testing/scripted-model.ts';
import { createTestFleet } from '../../../../../lambdas/testing/test-fleet.ts';
import text from './prompts/reply.md' with { type: 'text' };

/* The TypeScript of docs/guides/models.md, word for word: here the compiler sees it, and guide.test.ts runs it. */

const reply = prompt(text, z.object({ letter: z.string(), words: z.number().int() }));

const Answer = z.object({ text: z.string(), mood: z.enum(['calm', 'cross']) });

const manifest = defineManifest({
  name: 'support-writer',
  description: 'Answers letters',
  errorImpact: 'Customers wait for an answer until a person writes it.',
  uses: { models: ['fast'] },
  budget: { usd: 0.05, atLimit: 'stop' },
  capabilities: {
    'support.answer': { description: 'Answers a letter', input: z.object({ letter: z.string() }), output: Answer },
  },
});

export const writer = defineAgent(manifest, {
  'support.answer': async ({ letter }, ctx) => {
    const request = { system: 'You answer letters of customers.', prompt: reply({ letter, words: 80 }) };
    const { object } = await ctx.model('fast').object(request, Answer);
    return object;
  },
});

const weather: UsableTool = {
  name: 'weather',
  description: 'The weather of a city',
  input: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  run: async () => ({ sky: 'clear', celsius: 24 }),
};

async function ask(ctx: AgentContext, question: string): Promise<string> {
  const { answer } = await ctx.model('fast').converse({ prompt: question, tools: [weather], maxTurns: 5 });
  return answer.text;
}

const answering = WorkflowDefinition.parse({
  name: 'support.answering',
  tasks: [{ id: 'answer', type: 'support.answer', input: { letter: '{% $input.letter %}' } }],
});

async function test() {
  const fast = scriptedModel([{ json: { text: 'It is on its way.', mood: 'calm' } }]);
  const fleet = await createTestFleet({ agents: [writer], workflows: [answering], models: { fast } });
  return fleet.run('support.answering', { letter: 'Where is my order?' });
}

export { ask, test as run };
