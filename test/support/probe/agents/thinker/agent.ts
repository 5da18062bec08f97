import * as z from 'zod';
import { type AgentContext, defineAgent } from '../../../../../lambdas/runtime/agent.ts';
import type { ModelRequest, UsableTool } from '../../../../../lambdas/runtime/model.ts';
import { manifest } from './manifest.ts';

const Cat = z.object({ name: z.string(), legs: z.number().int() });

const weather: UsableTool = {
  name: 'weather',
  description: 'The weather of a city',
  input: { type: 'object', properties: { city: { type: 'string' } } },
  run: async (input) => ({ sky: 'clear', ...z.object({ city: z.string() }).parse(input) }),
};

async function think(ctx: AgentContext, model: string, how: string, request: ModelRequest & { prompt: string }) {
  const asked = ctx.model(model);
  if (how === 'object') return (await asked.object(request, Cat)).object;
  if (how === 'converse') {
    const { answer, turns } = await asked.converse({ ...request, tools: [weather], maxTurns: 4 });
    return { text: answer.text, turns };
  }
  if (how === 'stream') {
    const pieces: string[] = [];
    for await (const part of asked.stream(request)) if (part.type === 'text') pieces.push(part.text);
    return { pieces };
  }
  const { text, cached = false, finish, usage } = await asked.generate(request);
  return { text, cached, finish, usage };
}

export const agent = defineAgent(manifest, {
  'probe.think': async ({ model, how, prompt, cacheSeconds }, ctx) => ({
    ...(await think(ctx, model, how, {
      prompt,
      ...(cacheSeconds !== undefined && { cache: { seconds: cacheSeconds } }),
    })),
    attempt: ctx.attempt,
  }),
});
