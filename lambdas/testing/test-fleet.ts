import { virtualClock } from '../adapters/memory/virtual-clock.ts';
import { systemClock } from '../adapters/system.ts';
import { BUS_EVENTS, type BusEvent, type BusEventDetail, type BusEventName } from '../contracts/bus-events.ts';
import type { RunEdit } from '../contracts/control.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import { DEFAULT_TENANT } from '../contracts/names.ts';
import type { WorkflowDefinition } from '../contracts/workflow-definition.ts';
import type { Agent } from '../runtime/agent.ts';
import { runIdOf } from '../workflow/run-identity.ts';
import type { InProcessOptions } from './in-process-options.ts';
import { type InProcessPlatform, inProcessPlatform } from './in-process-platform.ts';
import { realHandlers } from './real-handlers.ts';
import { runWatch } from './run-watch.ts';
import { readTestRun, type TestRun } from './test-run.ts';

export interface TestFleetOptions
  extends Pick<
    InProcessOptions,
    | 'embedder'
    | 'hooks'
    | 'http'
    | 'logger'
    | 'models'
    | 'quarantine'
    | 'random'
    | 'secrets'
    | 'settings'
    | 'signatures'
    | 'stream'
    | 'encryptFor'
    | 'sweepEveryMs'
    | 'measureEveryMs'
    | 'tenancy'
    | 'tools'
    | 'write'
  > {
  readonly agents: readonly Agent[];
  readonly workflows?: readonly WorkflowDefinition[];
  /** `virtual` (default): a retry in five minutes takes microseconds. `real`: everything takes its time. */
  readonly clock?: 'virtual' | 'real';
  /** Virtual clock: real ms to wait for a handler that does something real, such as reading a file. Default 50. */
  readonly patienceMs?: number;
}

/** What goes with a request. */
export type TestRequest = Pick<BusEventDetail<'workflow_requested'>, 'tenant' | 'priority' | 'version' | 'request_id'>;

/** A run, by its id or by what {@link TestFleet.run} answered. */
export type RunName = string | { readonly runId: string };

/** Agents and workflows on the whole platform, in this process. */
export interface TestFleet {
  /** Asks for a run and waits until it has ended. @throws Error when the request is rejected */
  run(workflow: string | WorkflowDefinition, input?: JsonObject, request?: TestRequest): Promise<TestRun>;
  /** Asks for a run and answers its id at once; what can happen without time happens. */
  start(workflow: string | WorkflowDefinition, input?: JsonObject, request?: TestRequest): Promise<string>;
  /** Waits until the run has ended. @throws Error when its request was rejected, or it is paused */
  ended(run: RunName): Promise<TestRun>;
  /** The run as it stands. */
  look(run: RunName): Promise<TestRun>;
  /** Sends an event to a run, for a task that waits for it or will. */
  signal(run: RunName, event: string, payload?: Json, options?: { key?: string; eventId?: string }): Promise<void>;
  /** Answers what a task asks, in somebody's name. */
  decide(
    run: RunName,
    task: string,
    decision: string,
    by: string,
    options?: { comment?: string; value?: Json; digest?: string },
  ): Promise<void>;
  /** Begins no more of its tasks, until somebody resumes it. */
  pause(run: RunName, reason?: string): Promise<void>;
  /** Goes on with a paused run, or with one that has failed; changed, if `edit` says so. */
  resume(run: RunName, options?: { edit?: RunEdit; stayPaused?: boolean; by?: string }): Promise<void>;
  cancel(run: RunName, reason?: string): Promise<void>;
  /** Lets time pass; on a real clock it waits. */
  advance(ms: number): Promise<void>;
  /** Everything that was published on the bus, in order. */
  readonly events: readonly BusEvent[];
  /** Underneath: stores, queues, Lambdas. */
  readonly platform: InProcessPlatform;
  /** Ends it; needed on a real clock, whose timers would keep the process alive. */
  stop(): void;
}

/**
 * The whole platform in this process for a test: production code of every Lambda, memory for the services, and a clock
 * that jumps to whatever is due next. See docs/guides/testing.md.
 */
export async function createTestFleet(options: TestFleetOptions): Promise<TestFleet> {
  const { agents, workflows = [], clock: kind = 'virtual', patienceMs = 50, ...rest } = options;
  const isVirtual = kind === 'virtual';
  const handlers = realHandlers(patienceMs);
  const platform = inProcessPlatform({
    ...rest,
    clock: isVirtual ? virtualClock() : systemClock,
    registryAgeMs: 0,
    ...(isVirtual && { beforeTimePasses: handlers.patience }),
  });
  for (const agent of agents) await platform.deploy(isVirtual ? handlers.watch(agent) : agent);
  for (const workflow of workflows) await platform.registerWorkflow(workflow);
  const events: BusEvent[] = [];
  const watch = runWatch();
  platform.world.bus.subscribe(({ detailType, detail }) => {
    const event = asBusEvent(detailType, detail);
    if (!event) return;
    events.push(event);
    watch.note(event);
  });
  let asked = 0;

  async function publish(event: BusEvent): Promise<void> {
    await platform.publish(event, 'test');
    if (isVirtual) await platform.time.settle();
  }

  async function start(workflow: string | WorkflowDefinition, input: JsonObject = {}, request: TestRequest = {}) {
    asked += 1;
    const { tenant = DEFAULT_TENANT, request_id = `test-${asked}` } = request;
    const name = typeof workflow === 'string' ? workflow : workflow.name;
    const definition = typeof workflow === 'string' ? {} : { definition: JSON.parse(JSON.stringify(workflow)) };
    await publish({
      name: 'workflow_requested',
      detail: { ...request, ...definition, workflow: name, input, tenant, request_id },
    });
    return runIdOf(tenant, request_id);
  }

  async function ended(run: RunName): Promise<TestRun> {
    const runId = idOf(run);
    if (isVirtual) {
      const idle = await platform.time.runUntilIdle(undefined, () => watch.isOver(runId) || watch.isPaused(runId));
      if (idle && !watch.isOver(runId) && !watch.isPaused(runId))
        throw new Error(`nothing is left to happen, and run ${runId} has not ended`);
    }
    await watch.over(runId);
    return look(runId);
  }

  /** Whatever a test is about: the journal gives the state that the coordinator has, byte by byte. */
  async function look(run: RunName): Promise<TestRun> {
    const [fault] = await platform.replayWitness.check(idOf(run), platform.world);
    if (fault !== undefined) throw new Error(fault);
    return readTestRun(idOf(run), events, platform.world);
  }
  const stop = (): void => platform.stop();

  return {
    ...{ events, platform, start, ended, look, stop },
    run: async (workflow, input, request) => ended(await start(workflow, input, request)),
    signal: (run, event, payload = null, { key, eventId } = {}) =>
      publish({
        name: 'workflow_event',
        detail: {
          ...{ workflow_id: idOf(run), event, payload },
          ...(key !== undefined && { key }),
          ...(eventId !== undefined && { event_id: eventId }),
        },
      }),
    decide: (run, task, decision, by, more = {}) =>
      publish({
        name: 'decision_made',
        detail: { workflow_id: idOf(run), task_id: task, decision, decided_by: by, ...more },
      }),
    pause: (run, reason = 'the test paused it') =>
      publish({ name: 'workflow_pause_requested', detail: { workflow_id: idOf(run), reason, requested_by: 'test' } }),
    resume: (run, { edit, stayPaused, by = 'test' } = {}) =>
      publish({
        name: 'workflow_resume_requested',
        detail: {
          ...{ workflow_id: idOf(run), reason: 'the test resumed it', requested_by: by },
          ...(edit && { edit }),
          ...(stayPaused && { stay_paused: true }),
        },
      }),
    cancel: (run, reason = 'the test cancelled it') =>
      publish({ name: 'workflow_cancel_requested', detail: { workflow_id: idOf(run), reason, requested_by: 'test' } }),
    advance: (ms) =>
      isVirtual ? platform.time.advance(ms) : new Promise((resolve) => void systemClock.after(ms, resolve)),
  };
}

const idOf = (run: RunName): string => (typeof run === 'string' ? run : run.runId);

function asBusEvent(name: string, detail: JsonObject): BusEvent | undefined {
  if (!Object.hasOwn(BUS_EVENTS, name)) return undefined;
  return { name: name as BusEventName, detail } as BusEvent;
}
