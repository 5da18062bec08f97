import type * as z from 'zod';
import type { Json, JsonObject } from '../contracts/json.ts';
import type { Capabilities, Manifest, Parameters } from '../contracts/manifest.ts';
import type { TaskDefinition } from '../contracts/workflow-definition.ts';
import type { Durable } from './abilities.ts';
import type { Memory } from './memory.ts';
import type { Model } from './model.ts';
import type { Blobs, Clock, Logger, ObjectStore } from './ports.ts';
import type { Tools } from './tool.ts';

/**
 * What an agent's code gets beside its input. All that it needs of the world comes through here. What its manifest does
 * not declare fails as a DataError such as `steps_not_declared`, which says what to add.
 */
export interface AgentContext<P extends Parameters = Parameters> extends Durable, Tools {
  readonly runId: string;
  readonly taskId: string;
  readonly tenant: string;
  readonly attempt: number;
  readonly correlationId: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Aborts when the attempt's time is over; hand it to fetch, timers and drivers. */
  readonly signal: AbortSignal;
  /** When that is, ms. */
  readonly deadline: number;
  readonly blobs: Pick<Blobs, 'put' | 'get'>;
  /**
   * A named secret of the manifest's `reaches.secrets`, at most five minutes old; `fresh` for whoever was refused with what
   * it said: it may have been rotated. @throws DataError `secret_not_declared`
   */
  secret(name: string, options?: { readonly fresh?: boolean }): Promise<string>;
  /** A bucket of the manifest's `reaches.buckets`. @throws DataError `bucket_not_declared` */
  bucket(name: string): ObjectStore;
  /** A setting of the manifest's `reaches.settings`; undefined when the deployment leaves it out. */
  setting(name: string): string | undefined;
  /** The manifest's parameters: what was set of them at run time, the defaults for the rest. */
  readonly parameters: Readonly<z.output<P>>;
  /** A model of the manifest's `uses.models`. @throws DataError `model_not_declared`, `model_not_configured` */
  model(name: string): Model;
  /** What it remembers, in the pools of the manifest's `uses.memory`. @throws DataError `memory_not_declared` */
  readonly memory: Memory;
  /** The results of the tasks this one depends on, by task id, opened. */
  upstream(): Promise<Readonly<Record<string, Json>>>;
  /** The result of one of them. @throws DataError `no_such_upstream` */
  upstream(taskId: string): Promise<Json>;
  /**
   * Where the work stands: 0 to 1 and a few words, and what is there already, up to 16 KB of JSON. Published on the bus, at
   * most once a second.
   */
  progress(fraction: number, step: string, partialResult?: Json): void;
  /** Says "still alive": keeps the message hidden from other consumers. Called by the runtime every 20 s as well. */
  heartbeat(): Promise<void>;
  /** Adds tasks to this run (decomposition); they start when this task completes. */
  addTasks(tasks: readonly TaskDefinition[]): void;
  /**
   * A JWT that says to the API which agent this is and whose task it works on; good for five minutes. What the agent may do
   * there is not in it: a manifest with `roles: ['orchestrator']` may ask for workflows.
   * @param audience of the API, as `identity.audience` configures it; default `urn:muster:<stage>:api`
   */
  token(audience: string): Promise<string>;
  /** Publishes on a channel of the manifest's `channels.publishes`. @throws DataError `channel_not_declared` */
  publish(channel: string, detail: JsonObject): Promise<void>;
}

/** The code behind one capability. */
export type TaskHandler<I extends z.ZodType, O extends z.ZodType, P extends Parameters = Parameters> = (
  input: z.output<I>,
  ctx: AgentContext<P>,
) => Promise<z.input<O>> | z.input<O>;

export type TaskHandlers<C extends Capabilities, P extends Parameters = Parameters> = {
  readonly [T in keyof C]: TaskHandler<C[T]['input'], C[T]['output'], P>;
};

/** The code behind a subscription: `detail` is what the channel's schema says. */
export type ChannelHandlers = Readonly<
  Record<string, (detail: JsonObject, ctx: ChannelContext) => Promise<void> | void>
>;
export interface ChannelContext
  extends Pick<
    AgentContext,
    'tenant' | 'logger' | 'clock' | 'blobs' | 'bucket' | 'setting' | 'secret' | 'publish' | 'correlationId'
  > {
  /** Who has said it: the name of an agent, checked by its signature; undefined: somebody who is none. */
  readonly from: string | undefined;
}

/** An agent: its manifest and its code. */
export interface Agent<C extends Capabilities = Capabilities, P extends Parameters = Parameters> {
  readonly manifest: Manifest<C, P>;
  readonly tasks: TaskHandlers<C, P>;
  readonly channels: ChannelHandlers;
}

/**
 * Puts a manifest and its code together; a missing or mistyped handler is a compile error.
 * @throws Error when a subscribed channel has no handler, or a handler no subscription
 */
export function defineAgent<C extends Capabilities, P extends Parameters = Parameters>(
  manifest: Manifest<C, P>,
  tasks: TaskHandlers<C, P>,
  channels: ChannelHandlers = {},
): Agent<C, P> {
  const declared = manifest.channels.subscribes;
  const missing = declared.filter((channel) => !(channel in channels));
  const extra = Object.keys(channels).filter((channel) => !declared.includes(channel));
  if (missing.length > 0) throw new Error(`agent ${manifest.name}: no handler for channel ${missing.join(', ')}`);
  if (extra.length > 0)
    throw new Error(`agent ${manifest.name}: handles ${extra.join(', ')} without subscribing to it`);
  return { manifest, tasks, channels };
}
