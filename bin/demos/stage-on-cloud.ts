import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { s3ObjectStore } from '../../lambdas/adapters/aws/s3-object-store.ts';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import { openDecisions } from '../../lambdas/views/open-decisions.ts';
import type { RunView } from '../../lambdas/views/run-view.ts';
import { pascalCase } from '../../lib/stacks/outputs.ts';
import { CliError } from '../cli-error.ts';
import { publish, requestRun } from '../cloud/request-run.ts';
import { pauseOf, readRun, resultOf } from '../cloud/run-reader.ts';
import type { Session } from '../cloud/session.ts';
import { streamTask } from '../cloud/stream-task.ts';
import { LOCAL_STAGE, outputOf } from '../cloud/target.ts';
import { print } from '../commands/options.ts';
import { showRun } from '../commands/watch.ts';
import { Home, runningCloud } from '../local/home.ts';
import { paint } from '../views/text.ts';
import type { DemoRun, DemoStage } from './demo.ts';

/** How long a question may take to be asked, ms. */
const ASKED_WITHIN_MS = 120_000;

/** A demo's stage in a deployment: the local cloud, or AWS. */
export function stageOnCloud(session: Session, signal: AbortSignal, seed: number): DemoStage {
  const running = session.target.stage === LOCAL_STAGE ? runningCloud(new Home()) : undefined;
  const say = (event: string, detail: JsonObject) => publish(session, event, detail);

  async function ended(runId: string): Promise<DemoRun> {
    return demoRunOf(session, runId, await showRun(session, runId, signal));
  }
  const start = (workflow: string, input: JsonObject): Promise<string> => requestRun(session, { workflow, input });

  return {
    ...{ signal, seed, start, ended },
    setting: (name) => (name === 'weatherUrl' ? running?.weatherUrl : undefined),
    now: () => Date.now(),
    heading: (text) => print(`\n${paint.bold(text)}`),
    say: print,
    async run(workflow, input) {
      const runId = await start(workflow, input);
      print(paint.dim(`${workflow} · ${runId}`));
      return ended(runId);
    },
    stream: (taskType, input, hear) => streamTask(session, { taskType, input, hear, signal }),
    async tell(runId, event, payload, key) {
      const about = { workflow_id: runId, event, payload, event_id: `demo-${randomUUID()}` };
      await say('workflow_event', { ...about, ...(key !== undefined && { key }) });
    },
    publish: async (channel, detail) => void (await say(channel, detail)),
    async decide(runId, task, decision, by, comment) {
      const until = Date.now() + ASKED_WITHIN_MS;
      while (!signal.aborted) {
        const view = await readRun(session, runId);
        const open = openDecisions(view).find((question) => question.task === task);
        if (open) {
          const { decision_id, digest } = open;
          await say('decision_made', {
            ...{ workflow_id: runId, task_id: task, decision, decision_id, decided_by: by },
            ...(digest !== undefined && { digest }),
            ...(comment !== undefined && { comment }),
          });
          return;
        }
        if (Date.now() > until) throw new CliError(`task ${task} of ${runId} has not asked anything`);
        await sleep(pauseOf(session));
      }
    },
    pass: async (ms) => void (await sleep(ms, undefined, { signal }).catch(() => {})),
    bucket: (name) => s3ObjectStore(session.aws.s3, outputOf(session.target, `${pascalCase(name)}BucketName`)),
  };
}

async function demoRunOf(session: Session, runId: string, view: RunView): Promise<DemoRun> {
  const { status, error, tasks } = view;
  const isOver = status === 'completed' || status === 'failed' || status === 'cancelled';
  return {
    runId,
    status: isOver ? status : 'cancelled',
    result: status === 'completed' ? await resultOf(session, view) : undefined,
    agents: Object.fromEntries(tasks.map(({ id, agent = '' }) => [id, agent])),
    error: error && `${error.code}: ${error.message}`,
  };
}
