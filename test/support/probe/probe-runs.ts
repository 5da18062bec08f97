import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../../lambdas/contracts/json.ts';
import type { RunView, TaskView } from '../../../lambdas/views/run-view.ts';
import type { BusTap } from '../local-cloud/bus-tap.ts';
import { TestCloud } from '../local-cloud/test-cloud.ts';

/** A run that has ended, as its journal tells it, and what it answered. */
export interface EndedRun extends RunView {
  readonly runId: string;
  readonly result: Json;
}

/** What is asked for: a registered workflow, or tasks of an ad-hoc definition. */
export type Wanted = string | JsonObject[] | (JsonObject & { readonly tasks: JsonObject[] });

interface Options {
  readonly input?: JsonObject;
  readonly requestId?: string;
}

/** Runs on the tests' local cloud, asked for and listened to on the bus. Close it when the test file is done. */
export class ProbeRuns {
  readonly cloud: TestCloud;
  readonly #tap: BusTap;

  private constructor(cloud: TestCloud, tap: BusTap) {
    this.cloud = cloud;
    this.#tap = tap;
  }

  /** @param events names of what should be heard from now on */
  static async listeningTo(...events: string[]): Promise<ProbeRuns> {
    const cloud = await TestCloud.connect();
    return new ProbeRuns(cloud, await cloud.tap(...events));
  }

  /** @returns the id that the run has, or would have */
  start(wanted: Wanted, { input, requestId = randomUUID() }: Options = {}): Promise<string> {
    const more = { requestId, ...(input && { input }) };
    if (typeof wanted === 'string') return this.cloud.request(wanted, more);
    const document: JsonObject = Array.isArray(wanted) ? { tasks: wanted } : wanted;
    const definition = { name: 'probe.test', lifecycle: 'queue', ...document };
    return this.cloud.request(String(definition.name), { ...more, definition });
  }

  /** Runs it to its end, however it ends. */
  async run(wanted: Wanted, options: Options = {}): Promise<EndedRun> {
    return this.ended(await this.start(wanted, options));
  }

  async ended(runId: string): Promise<EndedRun> {
    const view = await this.cloud.ended(runId);
    return { ...view, runId, result: await this.cloud.result(view) };
  }

  /** Waits until the run looks as wanted. @throws Error when it ends without that */
  async until(runId: string, isSo: (view: RunView) => boolean): Promise<RunView> {
    return this.cloud.eventually(async () => {
      const view = await this.cloud.read(runId).catch(() => undefined);
      if (view && isSo(view)) return view;
      if (view?.endedAt !== undefined) throw new Error(`run ${runId} is ${view.status}: ${view.error?.message}`);
      return undefined;
    });
  }

  /** Waits until a task of the run looks as wanted. @throws Error when the run ends without that */
  async task(runId: string, id: string, isSo: (task: TaskView) => boolean): Promise<TaskView> {
    const view = await this.until(runId, ({ tasks }) => tasks.some((task) => task.id === id && isSo(task)));
    return taskOf(view, id);
  }

  /** All events of this name about a run, or a request, so far. */
  async heard(name: string, about: string): Promise<JsonObject[]> {
    const isAbout = ({ workflow_id, run_id, request_id }: JsonObject): boolean =>
      [workflow_id, run_id, request_id].includes(about);
    return (await this.all(name)).filter(isAbout);
  }

  /** All events of this name, whatever they are about. */
  async all(name: string): Promise<JsonObject[]> {
    return (await this.#tap.read()).flatMap((event) => (event.name === name ? [{ ...event.detail }] : []));
  }

  /** Waits for an event of this name about a run, or a request. */
  event(name: string, about: string, isMeant: (detail: JsonObject) => boolean = () => true): Promise<JsonObject> {
    return this.cloud.eventually(async () => (await this.heard(name, about)).find(isMeant));
  }

  /** A person's answer to the open question of a task, on the bus. */
  decide(runId: string, task: string, decision: string, more: JsonObject = {}): Promise<void> {
    const detail = { workflow_id: runId, task_id: task, decision, decided_by: 'ann', ...more };
    return this.cloud.publish('decision_made', detail);
  }

  close(): Promise<void> {
    return this.cloud.close();
  }
}

export function taskOf({ tasks }: Pick<RunView, 'tasks'>, id: string): TaskView {
  const task = tasks.find((one) => one.id === id);
  if (!task) throw new Error(`there is no task ${id}, only ${tasks.map((one) => one.id).join(', ')}`);
  return task;
}

/** Who was given each attempt at a task, and how it ended. */
export function attemptsOf(view: Pick<RunView, 'tasks'>, id: string) {
  return taskOf(view, id).attempts.map(({ agent, outcome }) => ({ agent, outcome }));
}

/** Which agent has each task now, or had it last. */
export const agentsOf = ({ tasks }: Pick<RunView, 'tasks'>): Array<string | undefined> =>
  tasks.map(({ agent }) => agent);

/** How many of these tasks agents had at the same time, by the journal's times. */
export function mostAtOnce(tasks: readonly TaskView[]): number {
  const spans = tasks.flatMap(({ attempts }) =>
    attempts.map(({ at, endedAt }) => ({ from: at, to: endedAt ?? Number.POSITIVE_INFINITY })),
  );
  return Math.max(0, ...spans.map(({ from }) => spans.filter((other) => other.from <= from && from < other.to).length));
}
