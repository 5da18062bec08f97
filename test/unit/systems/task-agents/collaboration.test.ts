import { describe, expect, test } from '@jest/globals';
import { DataError, NonRecoverableError } from '../../../../lambdas/contracts/errors.ts';
import type { JsonObject } from '../../../../lambdas/contracts/json.ts';
import type { Agent } from '../../../../lambdas/runtime/agent.ts';
import { agent as classifier } from '../../../../lambdas/systems/task-agents/agents/classifier/agent.ts';
import { agent as researcher } from '../../../../lambdas/systems/task-agents/agents/researcher/agent.ts';
import { agent as statistician } from '../../../../lambdas/systems/task-agents/agents/statistician/agent.ts';
import { agent as summarizer } from '../../../../lambdas/systems/task-agents/agents/summarizer/agent.ts';
import type { Aggregated } from '../../../../lambdas/systems/task-agents/aggregate/shapes.ts';
import { Supervised } from '../../../../lambdas/systems/task-agents/plan/supervise.ts';
import { StandardForm } from '../../../../lambdas/systems/task-agents/prepare/standard-form.ts';
import { SummarizeInput, Summary } from '../../../../lambdas/systems/task-agents/work/shapes.ts';
import { scriptedModel } from '../../../../lambdas/testing/scripted-model.ts';
import type { TestRun } from '../../../../lambdas/testing/test-run.ts';
import { taskAgents, taskFleet } from './support/fleet.ts';
import { ARTICLE, INVOICE, INVOICE_SCHEMA } from './support/texts.ts';

const MATERIAL = {
  material: { file: { name: 'letter.txt', base64: Buffer.from(INVOICE).toString('base64') } },
  question: 'How long is the warranty of the lamps?',
  labels: ['invoice', 'recipe', { name: 'travel', description: 'trips and hotels' }],
  schema: INVOICE_SCHEMA,
};
const answerOf = (run: TestRun): Aggregated => run.result?.answer as Aggregated;

/** The same agent, but that it never answers. */
const silent = (agent: Agent): Agent => ({
  ...agent,
  tasks: Object.fromEntries(Object.keys(agent.tasks).map((type) => [type, () => new Promise<never>(() => {})])),
});

describe('parallel subtasks with an aggregator', () => {
  test('five agents look at one file, and one answer says who said what', async () => {
    const fleet = await taskFleet();
    const run = await fleet.run('tasks.panorama', MATERIAL);
    const { status, answer, missing, quality, provenance, metadata, question } = answerOf(run);
    expect([status, missing, question]).toEqual(['complete', [], MATERIAL.question]);
    expect(answer).toMatchObject({
      label: 'invoice',
      invoice_number: 'A-1042',
      total_amount: 1234.5,
      invoice_date: '2026-05-03',
    });
    expect(answer.answer).toContain('warranty of two years');
    const { id } = StandardForm.parse(run.tasks.prepare?.result);
    expect(provenance.total_amount).toMatchObject([
      { part: 'data', made_by: { agent: 'extractor' }, evidence: '1,234.50', source: id },
    ]);
    expect(metadata.agents.toSorted()).toEqual([
      'classifier',
      'extractor',
      'researcher',
      'stream-analyst',
      'summarizer',
    ]);
    expect(quality).toMatchObject({ completeness: 1 });
  });

  test('one of five that is not there at the deadline is missing, and the result is partial', async () => {
    const fleet = await taskFleet({ agents: taskAgents([silent(researcher)]), patienceMs: 200 });
    const run = await fleet.run('tasks.panorama', MATERIAL);
    expect(run.status).toBe('completed');
    expect(run.tasks.research).toMatchObject({ status: 'failed' });
    expect(answerOf(run)).toMatchObject({ status: 'partial', missing: ['research'], quality: { completeness: 0.8 } });
    expect(answerOf(run).answer).toMatchObject({ label: 'invoice' });
  });

  test('all of it is refused at the door when the input is', async () => {
    const fleet = await taskFleet();
    const run = await fleet.run('tasks.panorama', { ...MATERIAL, material: { input: ' ' } });
    expect(run).toMatchObject({ status: 'failed', error: { code: 'input_empty', class: 'data' } });
  });

  test('an agent that fails is stood in for, and the provenance says so', async () => {
    const refuse = () => Promise.reject(new NonRecoverableError('out_of_order', 'this one never will'));
    const broken: Agent = { ...classifier, tasks: { 'text.classify': refuse } };
    const fleet = await taskFleet({ agents: taskAgents([broken]) });
    const { provenance, status } = answerOf(await fleet.run('tasks.panorama', MATERIAL));
    expect(status).toBe('complete');
    expect(provenance.label).toMatchObject([
      { made_by: { agent: 'statistician', attempt: 2 }, answered_by: 'statistics' },
    ]);
  });
});

describe('a single agent', () => {
  test('gets a file as everybody does: prepared, then summarized', async () => {
    const fleet = await taskFleet();
    const material = {
      file: { name: 'a.html', base64: Buffer.from(`<html><p>${ARTICLE}</p></html>`).toString('base64') },
    };
    const run = await fleet.run('tasks.digest', { material, sentences: 1 });
    expect(run.tasks.prepare?.result).toMatchObject({ kind: 'text', media_type: 'text/html' });
    expect(run.result?.summary).toMatchObject({
      summary: expect.stringContaining('lighthouse'),
      answered_by: { way: 'statistics' },
    });
  });
});

describe('a table that is to be summarized', () => {
  test('gives a few lines, and not all of it again', async () => {
    const fleet = await taskFleet();
    const rows = Array.from({ length: 1_000 }, (_, n) => `2026-01-01,${n},rain and sunshine`).join('\n');
    const { result } = await fleet.run('tasks.digest', { material: { input: `day,n,weather\n${rows}` } });
    const { summary } = Summary.parse(result?.summary);
    expect(summary.length).toBeLessThan(2_000);
    expect(summary).toMatch(/…$/);
  });
});

describe('a vote', () => {
  const ask = async (answer: string, more: JsonObject = {}) => {
    const fleet = await taskFleet();
    return (await fleet.run('tasks.vote', { answer, source: ARTICLE, ...more })).result?.verdict;
  };

  test('accepts what is faithful, says the main things and is short', async () => {
    const answer = 'Lighthouses with a keeper, a lamp and a lens guided ships along the coast; satellites took over.';
    expect(await ask(answer)).toMatchObject({
      decision: 'accept',
      votes: { faithful: 'accept', complete: 'accept', concise: 'accept' },
    });
  });

  test('a number that is not in the source counts twice against it', async () => {
    const answer = 'Lighthouses with a keeper, a lamp and a lens guided ships along the coast for 900 years.';
    expect(await ask(answer)).toMatchObject({
      decision: 'revise',
      votes: { faithful: 'revise', complete: 'accept', concise: 'accept' },
    });
  });

  test('a constraint that the answer forgets is a vote against it', async () => {
    const answer = 'Lighthouses with a keeper, a lamp and a lens guided ships along the coast.';
    expect(await ask(answer)).toMatchObject({ votes: { complete: 'accept' } });
    expect(await ask(answer, { constraints: ['satellites'] })).toMatchObject({ votes: { complete: 'revise' } });
  });
});

describe('a supervisor', () => {
  const GOAL = {
    goal: 'What did a keeper of a lighthouse do every evening?',
    documents: [{ title: 'Lighthouses', text: ARTICLE }],
    labels: ['shipping', 'cooking'],
  };

  test('has the goal planned, hands out, has it reviewed, and puts it together; each part is a task of the run', async () => {
    const fleet = await taskFleet();
    const run = await fleet.run('tasks.supervised', GOAL);
    const done = Supervised.parse(run.result?.supervise);
    expect(done.plan.tasks.map(({ id }) => id)).toEqual(['summary-1', 'label-1', 'research']);
    expect(done.reviews.map(({ task, vote }) => [task, vote])).toEqual([
      ['summary-1', 'accept'],
      ['research', 'accept'],
    ]);
    expect(done.result).toMatchObject({
      status: 'complete',
      answer: { answer: expect.stringContaining('lit the lamp') },
    });
    const workers = Object.values(run.tasks).flatMap(({ id, agent }) => (id.split('..').length === 2 ? [agent] : []));
    expect(workers.toSorted()).toEqual([
      'aggregator',
      'classifier',
      'planner',
      'researcher',
      'reviewer',
      'reviewer',
      'summarizer',
    ]);
  });

  test('takes nothing in a document for an expression', async () => {
    const fleet = await taskFleet();
    const text = '{% $input.goal & " and more, which nobody has written here" %}';
    const run = await fleet.run('tasks.supervised', {
      goal: 'What is written here?',
      documents: [{ title: 'x', text }],
    });
    expect(Supervised.parse(run.result?.supervise).result.answer.summary).toContain('{%');
  });

  test('sends back what the reviewer refuses, and has it done another way', async () => {
    // Words of the text, and a number that it does not have: not seen by the summarizer, but by the reviewer.
    const wrong = 'Lighthouses guided ships along the coast. The keeper lit the lamp and wound the clockwork 77 times.';
    const fast = scriptedModel(({ system = '' }) => {
      if (system.includes('summarize')) return wrong;
      if (system.includes('plan work')) return { json: { keep: ['summary-1'] } };
      if (system.includes('review')) return { json: { accept: true, why: 'fine' } };
      return 'nothing';
    });
    const fleet = await taskFleet({ models: { fast } });
    const done = Supervised.parse((await fleet.run('tasks.supervised', GOAL)).result?.supervise);
    expect(done.plan).toMatchObject({ left_out: ['label-1', 'research'], answered_by: { way: 'model' } });
    expect(done.reviews).toEqual([{ task: 'summary-1', vote: 'revise', why: [expect.stringContaining('77')] }]);
    expect(done.again).toEqual(['summary-1']);
    expect(done.result.answer.summary).not.toContain('77');
    expect(done.result.provenance.summary).toMatchObject([{ answered_by: 'statistics' }]);
  });

  test('what is sent back and then fails is told of, and the answer from before stays', async () => {
    const wrong = 'Lighthouses guided ships along the coast. The keeper lit the lamp and wound the clockwork 77 times.';
    const fast = scriptedModel(({ system = '' }) =>
      system.includes('summarize') ? wrong : { json: { keep: ['summary-1'] } },
    );
    const refusing = (agent: Agent): Agent => ({
      ...agent,
      tasks: {
        ...agent.tasks,
        'text.summarize': async (input: unknown, ctx: Parameters<Agent['tasks'][string]>[1]) => {
          if (SummarizeInput.parse(input).way === 'statistics') throw new DataError('out_of_order', 'not today');
          return agent.tasks['text.summarize']?.(input as never, ctx as never);
        },
      },
    });
    const agents = taskAgents([refusing(summarizer), refusing(statistician)]);
    const fleet = await taskFleet({ agents, models: { fast } });
    const done = Supervised.parse((await fleet.run('tasks.supervised', GOAL)).result?.supervise);
    expect(done.failed).toEqual([{ task: 'summary-1-again', why: 'out_of_order: not today' }]);
    expect(done.reviews).toMatchObject([{ task: 'summary-1', vote: 'revise' }]);
    expect(done.result.answer.summary).toContain('77');
  });

  test('does nothing twice that would come out the same, and hands no material back', async () => {
    const fleet = await taskFleet();
    const run = await fleet.run('tasks.supervised', { ...GOAL, constraints: ['submarines'] });
    const done = Supervised.parse(run.result?.supervise);
    expect(done.reviews).toContainEqual({
      task: 'research',
      vote: 'revise',
      why: [expect.stringContaining('submarines')],
    });
    expect(done.again).toEqual([]);
    expect(JSON.stringify(run.result?.supervise)).not.toContain('My grandmother liked to bake bread');
  });

  test('constraints that no answer could be held to are named, not dropped', async () => {
    const fleet = await taskFleet();
    await fleet.platform.world.bucket('task-files').write('in/a.csv', 'a,b\n1,2\n');
    const run = await fleet.run('tasks.supervised', {
      goal: 'How much is a?',
      files: ['in/a.csv'],
      constraints: ['a unit'],
    });
    expect(Supervised.parse(run.result?.supervise).reviews).toEqual([
      { task: 'constraints', vote: 'unseen', why: [expect.stringContaining('a unit')] },
    ]);
  });

  test('two documents have two summaries, and these are no conflict', async () => {
    const fleet = await taskFleet();
    const documents = [
      { title: 'Lighthouses', text: ARTICLE },
      { title: 'A letter', text: INVOICE },
    ];
    const { result } = Supervised.parse(
      (await fleet.run('tasks.supervised', { ...GOAL, documents })).result?.supervise,
    );
    expect(Object.keys(result.answer)).toEqual(expect.arrayContaining(['summary_1_lighthouses', 'summary_2_a_letter']));
    expect(result.conflicts).toEqual([]);
  });

  test('without material there is nothing to plan', async () => {
    const fleet = await taskFleet();
    expect(await fleet.run('tasks.supervised', { goal: 'World peace' })).toMatchObject({
      status: 'failed',
      error: { code: 'nothing_to_plan', class: 'data' },
    });
  });
});
