import * as z from 'zod';
import { MusterError } from '../../../contracts/errors.ts';
import { asJson, type Json } from '../../../contracts/json.ts';
import type { AgentContext } from '../../../runtime/agent.ts';
import { Aggregated } from '../aggregate/shapes.ts';
import { AnsweredBy } from '../models/answered.ts';
import { Research } from '../research/shapes.ts';
import { Reviewed, Summary } from '../work/shapes.ts';
import { Goal, Plan, PlannedTask } from './shapes.ts';

export const SuperviseInput = Goal.extend({
  seconds: z
    .number()
    .int()
    .min(1)
    .max(600)
    .default(60)
    .describe('For each subtask; what is not there by then is missing'),
});
export const Supervised = z.object({
  plan: Plan.extend({ tasks: z.array(PlannedTask.omit({ input: true })) }).describe('Without the material'),
  reviews: z.array(z.object({ task: z.string(), vote: z.string(), why: z.array(z.string()) })),
  again: z.array(z.string()).describe('Subtasks that were sent back, and done another way'),
  failed: z.array(z.object({ task: z.string(), why: z.string() })),
  result: Aggregated,
});
export type Supervised = z.infer<typeof Supervised>;

/**
 * Plans, hands out, looks over, sends back, puts together. Everything that it hands out is a task of the run: whoever follows
 * hears each agent by itself, and another supervisor that takes over has what was answered already.
 */
export async function supervise(input: z.output<typeof SuperviseInput>, ctx: AgentContext): Promise<Supervised> {
  const { seconds, ...goal } = input;
  ctx.progress(0.05, 'planning');
  const plan = Plan.parse(await ctx.call('work.plan', asJson(goal)));
  ctx.progress(0.2, `handing out ${plan.tasks.length} subtasks`);
  const { answers, failed } = await handOut(plan.tasks, seconds, ctx);
  ctx.progress(0.6, 'reviewing');
  const reviews = await reviewAll(plan.tasks, answers, input, ctx);
  const rejected = reviews.filter(({ vote }) => vote === 'revise').map(({ task }) => task);
  const redo = plan.tasks.flatMap((task) =>
    rejected.includes(task.id) && !isCounted(answers[task.id]) ? [anotherWay(task)] : [],
  );
  if (redo.length > 0) {
    ctx.progress(0.7, `sending ${redo.length} back`);
    const second = await handOut(redo, seconds, ctx);
    failed.push(...second.failed);
    for (const { id } of redo) {
      const better = second.answers[id];
      if (better !== undefined && better !== null) answers[originalOf(id)] = better;
    }
  }
  ctx.progress(0.9, 'putting together');
  const about = Object.fromEntries(plan.tasks.flatMap((task) => (task.about ? [[task.id, task.about]] : [])));
  const result = await ctx.call('results.aggregate', { question: input.goal, answers, about });
  return {
    plan: { ...plan, tasks: plan.tasks.map(({ input: _, ...task }) => task) },
    ...{ reviews, again: redo.map(({ id }) => originalOf(id)), failed, result: Aggregated.parse(result) },
  };
}

/**
 * By `call`, whose inputs are data: what looks like an expression in somebody's document is none.
 * @returns null for each that has failed, or was not there in time
 */
async function handOut(tasks: readonly PlannedTask[], seconds: number, ctx: AgentContext) {
  const outcomes = await Promise.all(
    tasks.map(({ type, input }) =>
      outcomeOf(ctx.call(type, input, { timeoutSeconds: seconds, escalate: 'fail', retry: RETRY })),
    ),
  );
  const answers: Record<string, Json> = {};
  const failed: Supervised['failed'] = [];
  for (const [at, { id }] of tasks.entries()) {
    const outcome = outcomes[at];
    answers[id] = outcome && 'result' in outcome ? outcome.result : null;
    if (outcome && 'why' in outcome) failed.push({ task: id, why: outcome.why });
  }
  return { answers, failed };
}

const RETRY = { maxAttempts: 2, intervalSeconds: 1 };

type Outcome = { readonly result: Json } | { readonly why: string };

async function outcomeOf(asked: Promise<Json>): Promise<Outcome> {
  try {
    return { result: await asked };
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    return { why: `${error.code}: ${error.message}` };
  }
}

/** What stands against the source is reviewed against it; figures were computed and need no opinion. */
async function reviewAll(
  tasks: readonly PlannedTask[],
  answers: Readonly<Record<string, Json>>,
  { constraints, way }: z.output<typeof SuperviseInput>,
  ctx: AgentContext,
): Promise<Supervised['reviews']> {
  const subjects = tasks.flatMap(({ id, input }) => {
    const summary = Summary.safeParse(answers[id]).data;
    const source = z.looseObject({ text: z.string() }).safeParse(input).data?.text;
    if (summary && source !== undefined)
      return [{ id, input: { answer: summary.summary, source, criteria: ['faithful', 'concise'], way } }];
    const found = Research.safeParse(answers[id]).data;
    if (!found?.found) return [];
    const cited = found.citations.map(({ quote }) => quote).join('\n');
    const answer = found.answer.replaceAll(/\[\d+\]/g, '');
    return [{ id, input: { answer, source: cited, criteria: ['faithful', 'constraints'], constraints, way } }];
  });
  // No answer in words: what it should have said is not dropped, but named.
  const isUnseen = constraints.length > 0 && !subjects.some((subject) => 'constraints' in subject.input);
  const unseen = {
    task: 'constraints',
    vote: 'unseen',
    why: [`no answer was there to be held to: ${constraints.join(', ')}`],
  };
  const options = { timeoutSeconds: 60, escalate: 'fail' as const };
  const outcomes = await Promise.all(
    subjects.map((subject) => outcomeOf(ctx.call('text.review', asJson(subject.input), options))),
  );
  const reviews = subjects.map(({ id }, at) => {
    const outcome = outcomes[at];
    const reviewed = outcome && 'result' in outcome ? Reviewed.safeParse(outcome.result).data : undefined;
    // Nobody looked: that is said, and stops nothing.
    if (!reviewed) return { task: id, vote: 'unseen', why: outcome && 'why' in outcome ? [outcome.why] : [] };
    const against = reviewed.findings
      .filter(({ passed }) => !passed)
      .map(({ criterion, why }) => `${criterion}: ${why}`);
    return { task: id, vote: reviewed.vote, why: against };
  });
  return [...reviews, ...(isUnseen ? [unseen] : [])];
}

/** What was done without a model comes out the same again. */
const isCounted = (answer: Json | undefined): boolean =>
  z.looseObject({ answered_by: AnsweredBy }).safeParse(answer).data?.answered_by.way === 'statistics';

const AGAIN = '-again';
const anotherWay = (task: PlannedTask): PlannedTask => ({
  ...task,
  id: `${task.id}${AGAIN}`,
  input: { ...(typeof task.input === 'object' && !Array.isArray(task.input) ? task.input : {}), way: 'statistics' },
});
const originalOf = (id: string): string => id.slice(0, -AGAIN.length);
