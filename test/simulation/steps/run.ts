import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { type CampaignOptions, type CampaignReport, joined } from './campaign.ts';
import { STEPS_MUTANTS, type StepsMutant } from './mutants.ts';

const USAGE = `npm run sim:steps -- [--crashes 100000] [--seed 1] [--jobs N] [--json]
npm run sim:steps -- --planted [--only a,b]

Random agents with steps, waits and tools, whose processes die at every await: of a read, a record, a claim, a report and
whatever they do outside, each time before the call is made and when its answer would have come.
--crashes  how often, about
--jobs     threads; default: all cores
--json     only one line of JSON
--planted  plants bugs into the production code, one at a time, and says which are found
Exits with 1 when anything is wrong.`;

const CAMPAIGN = new URL('./campaign-worker.ts', import.meta.url);
const HUNT = new URL('./mutant-worker.ts', import.meta.url);
/** Several times of what a thread takes: a bug that goes round in circles ends here. */
const MEMORY_MB = 1_024;

const { values } = parseArgs({
  options: {
    crashes: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'boolean', default: false },
    planted: { type: 'boolean', default: false },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const jobs = Number(values.jobs);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** What a thread of its own answers. */
async function inThread<T>(file: URL, workerData: unknown): Promise<T> {
  const worker = new Worker(file, { workerData, resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
  try {
    const answer = Promise.withResolvers<T>();
    worker.once('message', answer.resolve);
    worker.once('error', answer.reject);
    worker.once('exit', () => answer.reject(new Error(`${file.pathname} ended without an answer`)));
    return await answer.promise;
  } finally {
    await worker.terminate();
  }
}

async function play(): Promise<boolean> {
  const started = performance.now();
  const shares = Array.from({ length: jobs }, (_, job) =>
    inThread<CampaignReport>(CAMPAIGN, {
      ...{ seed: Number(values.seed), crashes: Math.ceil(Number(values.crashes) / jobs), job, jobs },
    } satisfies CampaignOptions),
  );
  const { violations, ...figures } = joined(await Promise.all(shares));
  const seconds = Math.round((performance.now() - started) / 1_000);
  if (values.json) say(JSON.stringify({ ...figures, violations: violations.length, seconds, first: violations[0] }));
  else {
    for (const { seed, what, program } of violations.slice(0, 3))
      say(`${seed}\n  ${what.join('\n  ')}\n  ${JSON.stringify(program)}`);
    tell(figures, violations.length, seconds);
  }
  return violations.length === 0;
}

function tell(figures: Omit<CampaignReport, 'violations'>, violations: number, seconds: number): void {
  const { programs, histories, crashes, deaths, effects, payments } = figures;
  say(`${crashes} crashes in ${histories} histories of ${programs} agents, ${seconds} s`);
  for (const [death, count] of Object.entries(deaths).sort()) say(`${String(count).padStart(8)}  ${death}`);
  say(`${effects.done} effects of steps, ${effects.again} again under their keys; duplicates: ${effects.duplicates}`);
  say(`${payments.done} payments by tools with outside effects; duplicates: ${payments.duplicates}`);
  say(`${violations} histories in violation`);
}

async function hunt(): Promise<boolean> {
  const only = values.only?.split(',');
  const queue = STEPS_MUTANTS.filter(({ id }) => !only || only.includes(id));
  const missed: string[] = [];
  const planted = queue.length;
  async function work(): Promise<void> {
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      const { id, why } = mutant;
      const { caught, error = why } = await huntOne(mutant);
      if (caught === undefined) missed.push(id);
      if (!values.json) say(caught === undefined ? `MISSED ${id}: ${error}` : `caught ${id}: ${caught}`);
    }
  }
  await Promise.all(Array.from({ length: jobs }, work));
  say(
    values.json ? JSON.stringify({ planted, missed }) : `${planted - missed.length} of ${planted} planted bugs caught`,
  );
  return missed.length === 0 && planted > 0;
}

function huntOne(mutant: StepsMutant): Promise<{ readonly caught?: string; readonly error?: string }> {
  return inThread<{ caught?: string; error?: string }>(HUNT, mutant).catch((error: unknown) => ({
    error: String(error),
  }));
}

if (values.help) say(USAGE);
else process.exitCode = (await (values.planted ? hunt() : play())) ? 0 : 1;
