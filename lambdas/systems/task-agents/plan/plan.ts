import * as z from 'zod';
import { DataError } from '../../../contracts/errors.ts';
import { asJson } from '../../../contracts/json.ts';
import type { AgentContext } from '../../../runtime/agent.ts';
import { answered } from '../models/answered.ts';
import type { Goal, Plan, PlannedTask } from './shapes.ts';

const METHOD = 'rules: what the material allows';

/**
 * Cuts a goal into subtasks. What can be done at all follows from the material, by rules; a model may leave out what the goal
 * does not need, and can't invent anything: a plan is made of known work on known material.
 * @throws DataError `nothing_to_plan` when there is no material
 */
export async function plan(input: z.output<typeof Goal>, ctx: Pick<AgentContext, 'model' | 'logger'>): Promise<Plan> {
  const possible = possibleTasks(input);
  const ids = possible.map(({ id }) => id);
  if (possible.length === 0)
    throw new DataError('nothing_to_plan', 'there are no documents, files or urls: nothing can be done about the goal');
  const { value: keep, by } = await answered<readonly string[]>(
    ctx,
    input.way,
    async (model) => {
      const Answer = z.object({ keep: z.array(z.enum(ids)) });
      const { object, answer } = await model.object(requestOf(input.goal, possible), Answer);
      const kept = ids.filter((id) => object.keep.includes(id));
      return kept.length > 0 ? { value: kept, answer } : { unfit: 'the model keeps nothing that there is' };
    },
    () => ({ value: ids, method: METHOD }),
  );
  const tasks = possible.filter(({ id }) => keep.includes(id));
  return { tasks, left_out: ids.filter((id) => !keep.includes(id)), answered_by: by };
}

/** All that the material allows. */
function possibleTasks({ goal, documents, files, urls, labels, schema, way }: z.output<typeof Goal>): PlannedTask[] {
  const tasks: PlannedTask[] = [];
  for (const [at, { title, text }] of documents.entries()) {
    const n = at + 1;
    const about = documents.length > 1 && { about: `${n} ${title.slice(0, 40)}` };
    tasks.push({
      ...{ id: `summary-${n}`, type: 'text.summarize', input: { text, about: goal.slice(0, 500), way } },
      ...{ why: `"${title}" may say something about the goal`, ...about },
    });
    if (labels.length > 1)
      tasks.push({
        ...{ id: `label-${n}`, type: 'text.classify', input: { text, labels, way } },
        ...{ why: `"${title}" is to be sorted`, ...about },
      });
    if (schema)
      tasks.push({
        ...{ id: `data-${n}`, type: 'text.extract', input: { text, schema, way } },
        ...{ why: `"${title}" may hold the data`, ...about },
      });
  }
  if (urls.length > 0 || documents.length > 0) {
    const input = asJson({ question: goal.slice(0, 1_000), urls, documents, way });
    tasks.push({ id: 'research', type: 'web.research', input, why: 'an answer with citations' });
  }
  for (const [at, file] of files.entries())
    tasks.push({
      ...{ id: `analysis-${at + 1}`, type: 'data.analyze', why: `${file} holds figures` },
      input: { tables: [{ name: `file_${at + 1}`, file }], question: goal.slice(0, 1_000), way },
    });
  return tasks;
}

const requestOf = (goal: string, possible: readonly PlannedTask[]) => ({
  system: 'You plan work. Keep the tasks that the goal needs.',
  prompt: `Goal: ${goal}\nTasks:\n${possible.map(({ id, type, why }) => `- ${id} (${type}): ${why}`).join('\n')}\nAnswer as {"keep": [ids]}`,
  maxOutputTokens: 200,
  temperature: 0,
});
