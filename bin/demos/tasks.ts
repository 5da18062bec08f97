import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import { Aggregated } from '../../lambdas/systems/task-agents/aggregate/shapes.ts';
import { Supervised } from '../../lambdas/systems/task-agents/plan/supervise.ts';
import { StandardForm } from '../../lambdas/systems/task-agents/prepare/standard-form.ts';
import { Summary } from '../../lambdas/systems/task-agents/work/shapes.ts';
import { PROJECT } from '../local/home.ts';
import { aggregatedText } from '../views/aggregated.ts';
import { paint, table } from '../views/text.ts';
import type { Demo, DemoStage } from './demo.ts';

/** Real material: this project's own documentation, and files of npm's vega-datasets (BSD-3-Clause). */
const DATA = join(PROJECT, 'node_modules', 'vega-datasets', 'data');
const WEATHER = 'demo/seattle-weather.csv';
const QUESTION = 'What happens when an agent stays silent?';

export const demo: Demo = {
  name: 'tasks',
  system: 'task-agents',
  description: 'thirteen agents take tasks on: alone, side by side, under a supervisor, by vote, and live',
  async play(stage) {
    const text = await readFile(join(PROJECT, 'docs', 'architecture.md'), 'utf8');
    await stage.bucket('task-files').write(WEATHER, await readFile(join(DATA, 'seattle-weather.csv')), 'text/csv');
    const steps = [prepareEach, (on: DemoStage) => digest(on, text), watchLive];
    for (const step of steps) if (stage.signal.aborted || !(await step(stage))) return false;
    return (await sideBySide(stage, text)) && supervised(stage, text);
  },
};

/** Input preprocessing: each type into the same form. */
async function prepareEach(stage: DemoStage): Promise<boolean> {
  stage.heading('1  What comes in: text, file, structured data, binary → one standard form');
  const cars = JSON.parse(await readFile(join(DATA, 'cars.json'), 'utf8')).slice(0, 50);
  const icon = (await readFile(join(DATA, 'gimp.png'))).toString('base64');
  const materials: ReadonlyArray<readonly [string, JsonObject]> = [
    ['a sentence', { input: 'Muster runs fleets of cooperating agents.' }],
    ['seattle-weather.csv', { file: { name: 'seattle-weather.csv', key: WEATHER }, claims: 'text/plain' }],
    ['50 cars as JSON', { input: cars }],
    ['gimp.png', { file: { name: 'gimp.png', base64: icon } }],
  ];
  const rows: string[][] = [];
  for (const [name, material] of materials) {
    const { result } = await stage.run('tasks.prepare', { material });
    const form = StandardForm.safeParse(result).data;
    if (!form) return false;
    const size = form.table ? `${form.table.rows} rows, ${form.table.columns.length} columns` : `${form.words} words`;
    rows.push([name, form.kind, form.media_type, form.found_by, size, form.warnings[0] ?? '']);
  }
  stage.say(table(['input', 'kind', 'is', 'found by', 'size', 'note'], rows));
  return true;
}

/** A single agent. */
async function digest(stage: DemoStage, text: string): Promise<boolean> {
  stage.heading('2  One agent: docs/architecture.md in three sentences');
  const material = { file: { name: 'architecture.md', base64: Buffer.from(text).toString('base64') } };
  const { result, agents } = await stage.run('tasks.digest', { material });
  const summary = Summary.safeParse(result).data;
  if (!summary) return false;
  const { answered_by: by } = summary;
  stage.say(summary.summary);
  stage.say(
    paint.dim(
      by.way === 'model'
        ? `${agents.summary} with the model ${by.model}, ${by.input_tokens} + ${by.output_tokens} tokens`
        : `${agents.summary} by ${by.method}: ${by.why}`,
    ),
  );
  return true;
}

/** Live analysis over the WebSocket API. */
async function watchLive(stage: DemoStage): Promise<boolean> {
  stage.heading('3  Live: streaming_analysis of four years of weather, over the WebSocket API');
  let completed = false;
  await stage.stream('streaming_analysis', { file: WEATHER, chunk_characters: 6_000 }, (frame) => {
    if (frame.type === 'data' && frame.payload.current_step?.startsWith('processing_chunk'))
      stage.say(
        `  ${String(Math.round((frame.payload.progress ?? 0) * 100)).padStart(3)} %  ${frame.payload.current_step}`,
      );
    if (frame.type === 'complete') {
      completed = true;
      const { final_result: result } = frame.payload;
      stage.say(typeof result === 'object' && result !== null && !Array.isArray(result) ? String(result.summary) : '');
    }
    if (frame.type === 'error') stage.say(paint.red(`${frame.payload.code}: ${frame.payload.message}`));
  });
  return completed;
}

/** Parallel subtasks with an aggregator. */
async function sideBySide(stage: DemoStage, text: string): Promise<boolean> {
  stage.heading('4  Five agents side by side, one answer');
  const { result } = await stage.run('tasks.panorama', {
    material: { file: { name: 'architecture.md', base64: Buffer.from(text).toString('base64') } },
    question: QUESTION,
    labels: [
      { name: 'software architecture', description: 'queues, journals, agents, workflows, retries' },
      { name: 'cooking', description: 'food, recipes, kitchen' },
    ],
    schema: { type: 'object', properties: { engine: { enum: ['Step Functions', 'Kafka', 'RabbitMQ'] } } },
  });
  const whole = Aggregated.safeParse(result).data;
  if (whole) stage.say(aggregatedText(whole));
  return whole !== undefined;
}

/** A supervisor: planned, handed out, reviewed, put together; and a vote over what came out. */
async function supervised(stage: DemoStage, text: string): Promise<boolean> {
  stage.heading('5  A supervisor: plan → agents → review → one answer');
  const goal = `${QUESTION} And how warm is it in Seattle?`;
  const documents = [{ title: 'The architecture of Muster', text: text.slice(0, 60_000) }];
  const { result } = await stage.run('tasks.supervised', { goal, documents, files: [WEATHER] });
  const done = Supervised.safeParse(result).data;
  if (!done) return false;
  for (const { id, type, why } of done.plan.tasks) stage.say(`  ${id.padEnd(12)} ${type.padEnd(16)} ${paint.dim(why)}`);
  for (const { task, vote, why } of done.reviews)
    stage.say(`  ${vote === 'accept' ? '✓' : '↻'} ${task} ${why.join('; ')}`);
  stage.say(aggregatedText(done.result));
  const answer = done.result.answer.answer ?? done.result.answer.summary;
  if (typeof answer !== 'string') return false;
  stage.heading('6  Three reviewers vote on it');
  const cited = done.result.provenance.answer?.[0]?.evidence ?? text.slice(0, 5_000);
  const { result: verdict } = await stage.run('tasks.vote', { answer, source: `${text.slice(0, 60_000)}\n${cited}` });
  stage.say(JSON.stringify(verdict));
  return verdict !== undefined;
}
