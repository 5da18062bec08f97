import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { type Zippable, zipSync } from 'fflate';
import { s3ObjectStore } from '../../lambdas/adapters/aws/s3-object-store.ts';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import { gradeAgents } from '../../lambdas/systems/memory-assistant/performance/grade-agents.ts';
import { systemStatus } from '../../lambdas/systems/memory-assistant/performance/system-status.ts';
import { REPORT_SECONDS } from '../../lambdas/systems/memory-assistant/performance/thresholds.ts';
import { CliError } from '../cli-error.ts';
import { requestRun } from '../cloud/request-run.ts';
import { followRun, readRun, resultOf } from '../cloud/run-reader.ts';
import { type Session, withSession } from '../cloud/session.ts';
import { outputOf } from '../cloud/target.ts';
import { stateOf } from '../views/agents-table.ts';
import { answerText, importText, statusTable } from '../views/assistant.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';
import { showRun } from './watch.ts';

const READABLE = /\.(txt|json|md|markdown|ics|zip)$/iu;

export interface ImportOptions extends JsonOption {
  readonly format?: string;
  readonly timeZone?: string;
  readonly dateOrder?: string;
  readonly audience?: string;
}

/** `muster assistant import FILE`: remembers what is in a file, or in a folder of them; the upload is deleted afterwards. */
export function importFile(path: string, options: ImportOptions, globals: GlobalOptions): Promise<void> {
  const { name, bytes } = readUpload(path);
  return withSession(globals.stage, async (session) => {
    const bucket = outputOf(session.target, 'AssistantDataBucketName');
    // Its own, even for the same file: whoever is done first deletes theirs.
    const key = `imports/${randomUUID()}`;
    await s3ObjectStore(session.aws.s3, bucket).write(key, bytes);
    try {
      const { format, timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone, dateOrder, audience } = options;
      const file: JsonObject = {
        ...{ key, name, time_zone: timeZone },
        ...(format !== undefined && { format }),
        ...(dateOrder !== undefined && { date_order: dateOrder }),
      };
      const input = { batch: { file }, ...(audience !== undefined && { audience }) };
      const result = await done(session, 'assistant.import', input, options.json !== true);
      if (options.json) printJson(result);
      else print(importText(result));
    } finally {
      await session.aws.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    }
  });
}

export interface AskOptions extends JsonOption {
  readonly audience?: string;
  readonly asOf?: string;
  readonly as?: string;
}

/** `muster assistant ask "…"`: the answer, and the memories that it stands on. */
export function ask(question: string, options: AskOptions, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const { audience, asOf, as: asker, json } = options;
    const result = await done(session, 'assistant.ask', {
      ...{ question, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone },
      ...(audience !== undefined && { audience }),
      ...(asOf !== undefined && { as_of: momentOf(asOf) }),
      ...(asker !== undefined && { asker }),
    });
    if (json) printJson(result);
    else print(answerText(result));
  });
}

/** `muster assistant status`: every agent's state, health and grade over the last hour, from the journals. */
export function status(options: JsonOption, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const agents = (await session.registry.agents()).filter(({ system }) => system === 'assistant');
    if (agents.length === 0)
      throw new CliError('the assistant is not deployed here', 'npm start -- --systems assistant');
    const now = await Promise.all(
      agents.map(async (agent) => {
        const depths = await Promise.all(Object.values(agent.inbox).map((url) => session.queues.depth(url)));
        const queueSize = depths.reduce((sum, { waiting }) => sum + waiting, 0);
        const { name, version, capabilities } = agent;
        return { name, version, state: stateOf(agent), capabilities: Object.keys(capabilities), queueSize };
      }),
    );
    const names = new Set(agents.map(({ name }) => name));
    const attempts = (await attemptsOf(session)).filter(({ agent }) => names.has(agent));
    const found = systemStatus(now, gradeAgents(attempts, Date.now()));
    if (options.json) printJson({ ...found });
    else print(statusTable(found));
  });
}

/** What was done in the last hour, as the journals of the latest runs have it. */
async function attemptsOf(session: Session) {
  const since = Date.now() - REPORT_SECONDS * 1_000;
  const records = (await session.runs.list(DEFAULT_TENANT, 200)).filter(({ endedAt = Date.now() }) => endedAt >= since);
  // A journal that somebody has changed, or that is no more, is the audit's business: no other agent's grade hangs on it.
  const views = await Promise.allSettled(records.map(({ runId }) => readRun(session, runId)));
  const read = views.flatMap((view) => (view.status === 'fulfilled' ? [view.value] : []));
  return read.flatMap(({ tasks }) =>
    tasks.flatMap((task) =>
      task.attempts.flatMap(({ agent, at: from, endedAt: to, outcome }) =>
        agent === undefined || to === undefined || outcome === 'rerouted'
          ? []
          : [{ agent, from, to, ok: outcome === 'completed' || outcome === 'delegated' }],
      ),
    ),
  );
}

async function done(session: Session, workflow: string, input: JsonObject, shown = false) {
  const runId = await requestRun(session, { workflow, input });
  const view = shown ? await showRun(session, runId) : await followRun(session, runId);
  if (view.status !== 'completed')
    throw new CliError(view.error?.message ?? `${workflow} ${view.status}`, `npx muster status ${runId.slice(0, 12)}`);
  return resultOf(session, view);
}

function readUpload(path: string): { name: string; bytes: Uint8Array } {
  try {
    if (!statSync(path).isDirectory()) return { name: basename(path), bytes: readFileSync(path) };
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => READABLE.test(name));
    const files: Zippable = Object.fromEntries(
      names.map((name) => [name, new Uint8Array(readFileSync(join(path, name)))]),
    );
    return { name: `${basename(path)}.zip`, bytes: zipSync(files) };
  } catch (error) {
    throw new CliError(`${path} can't be read`, 'name a chat, calendar or notes: txt, json, md, ics or zip', {
      cause: error,
    });
  }
}

function momentOf(text: string): number {
  const moment = Date.parse(text);
  if (Number.isNaN(moment)) throw new CliError(`"${text}" is no time`, 'give it as 2026-05-03 or 2026-05-03T12:00:00Z');
  return moment;
}
