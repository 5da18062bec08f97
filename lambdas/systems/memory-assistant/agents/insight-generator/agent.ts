import type * as z from 'zod';
import { type AgentContext, defineAgent } from '../../../../runtime/agent.ts';
import { termsOf } from '../../analyze/terms.ts';
import { type AssessImportance, voteFor } from '../../collaborate/votes.ts';
import { answerFrom, type Bounds } from '../../insight/answer.ts';
import type { Answer } from '../../insight/answer-shape.ts';
import { askModel } from '../../insight/ask-model.ts';
import { digestOf } from '../../insight/digest.ts';
import { evidenceFor } from '../../insight/evidence.ts';
import { POOLS } from '../../pools.ts';
import { type InsightParameters, manifest } from './manifest.ts';

type Context = AgentContext<typeof InsightParameters>;
type Input = z.output<(typeof manifest.capabilities)['generate_insights']['input']>;

/** Its code, for it and for instances of it that are configured otherwise. */
export const tasks = {
  assess_importance: async ({ memory: raw }: z.output<typeof AssessImportance>, { memory }: Context) => {
    const { entries } = await memory.recall({ text: raw.text, pools: [POOLS.memories], limit: 10 });
    const [known] = evidenceFor(raw.text, entries, 'UTC');
    if (termsOf(raw.text).length < 3) return voteFor(false, 'it says too little to answer anything');
    const isKnown = (known?.coverage ?? 0) > 0.9;
    return voteFor(!isKnown, isKnown ? `it is known already: “${known?.quote}”` : 'no other memory says this');
  },

  generate_insights: async (input: Input, ctx: Context) => {
    const { question, document } = input;
    const insights = document === undefined ? [] : digestOf(document);
    if (question === undefined) return told(null, insights, null, 'statistics');
    const { answer, answeredBy } = await answered(question, input, ctx);
    return told(question, insights, answer, answeredBy);
  },
};
export const agent = defineAgent(manifest, tasks);

const told = (question: string | null, insights: string[], answer: Answer | null, answered_by: string) => ({
  ...{ type: 'insights' as const, question, answered_by, insights, answer },
});

async function answered(question: string, input: Input, ctx: Context): Promise<{ answer: Answer; answeredBy: string }> {
  const { parameters, memory, clock } = ctx;
  const bounds: Bounds = {
    leastCoverage: input.manner?.least_coverage ?? parameters.least_coverage,
    mostCitations: input.manner?.most_citations ?? parameters.most_citations,
    timeZone: input.time_zone ?? 'UTC',
  };
  const now = input.as_of === undefined ? clock.now() : Math.min(input.as_of, clock.now());
  const { entries, degraded } = await memory.recall({
    ...{ text: question, pools: [POOLS.memories, POOLS.relationships, POOLS.patterns], limit: parameters.recalled },
    ...(input.as_of !== undefined && { as_of: now }),
  });
  const statistics = answerFrom(question, entries, bounds);
  const notes = degraded ? ['memories were found by their words alone: the service for meanings does not answer'] : [];
  const byStatistics = (why: string[]) => ({
    answer: { ...statistics, notes: [...statistics.notes, ...notes, ...why] },
    answeredBy: 'statistics',
  });
  if (input.method === 'statistics' || !parameters.use_model || entries.length === 0) return byStatistics([]);
  const asked = await askModel(() => ctx.model('fast'), question, entries, bounds);
  if ('refused' in asked)
    return byStatistics(
      asked.refused === 'model_not_configured' ? [] : [`the model's answer was not taken: ${asked.refused}`],
    );
  const { answer, model } = asked;
  return {
    answer: { ...answer, contradictions: statistics.contradictions, notes: [...answer.notes, ...notes] },
    answeredBy: model,
  };
}
