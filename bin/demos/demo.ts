import type { Json, JsonObject } from '../../lambdas/contracts/json.ts';
import type { ServerFrame } from '../../lambdas/contracts/stream.ts';
import type { ObjectStore } from '../../lambdas/runtime/ports.ts';

/** One system's whole flow on real data, shown stage by stage: `muster demo NAME`. */
export interface Demo {
  /** As the command names it. */
  readonly name: string;
  /** Of lambdas/systems/systems.ts: what must be deployed. */
  readonly system: string;
  readonly description: string;
  /**
   * Plays it, says every stage, and ends with a result worth reading.
   * @returns false when it did not come out as it should: the command then ends with 1
   */
  play(stage: DemoStage): Promise<boolean>;
}

/** How a run ended, as a demo sees it. */
export interface DemoRun {
  readonly runId: string;
  readonly status: 'completed' | 'failed' | 'cancelled';
  /** The only output task's result, or each one's by its id; undefined unless it has completed. */
  readonly result: Json | undefined;
  /** Who did each task, by its id; '' where it was no agent. */
  readonly agents: Readonly<Record<string, string>>;
  readonly error: string | undefined;
}

/**
 * What a demo is played on: the local cloud or a stage in AWS (stage-on-cloud.ts), or the platform in one process
 * (test/support/demos/stage-in-process.ts), so that each demo is a test as well.
 */
export interface DemoStage {
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  /** What everything random in a demo is made of: the same seed, the same demo. */
  readonly seed: number;
  /** Where this machine's own services are, such as `weatherUrl` of the local cloud. */
  setting(name: string): string | undefined;
  /** ms: in one process, virtual. */
  now(): number;
  /** The heading of a stage. */
  heading(text: string): void;
  /** Lines of text, as they are. */
  say(text: string): void;
  /** Requests a run, shows it to its end, and answers how it ended. */
  run(workflow: string, input: JsonObject): Promise<DemoRun>;
  /** Requests a run and answers its id. */
  start(workflow: string, input: JsonObject): Promise<string>;
  /** Shows a run that was started to its end. */
  ended(runId: string): Promise<DemoRun>;
  /** Has one task done over the WebSocket API, and hears every frame that is told of it, the last included. */
  stream(taskType: string, input: Json, hear: (frame: ServerFrame) => void): Promise<void>;
  /** Sends an event to a run. */
  tell(runId: string, event: string, payload: Json, key?: string): Promise<void>;
  /** Publishes on a channel. */
  publish(channel: string, detail: JsonObject): Promise<void>;
  /** Answers what this task asks, in the name of a customer or an expert; waits until it is asked. */
  decide(runId: string, task: string, decision: string, by: string, comment?: string): Promise<void>;
  /** Lets real time pass; in one process, virtual time. */
  pass(ms: number): Promise<void>;
  /** A bucket that manifests name in `reaches.buckets`. */
  bucket(name: string): ObjectStore;
}
