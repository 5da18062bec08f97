import type * as z from 'zod';
import type { Json, JsonObject } from '../contracts/json.ts';
import type { ToolEffects } from '../contracts/tool-names.ts';
import type { UsableTool } from './model.ts';
import type { Clock, Logger, ObjectStore } from './ports.ts';

/** An HTTP request of a tool. */
export interface HttpRequest {
  /** Default: GET. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** An answer that is longer is refused. Default: 1 MiB. */
  readonly maxBytes?: number;
  /** For all of it, redirects included. Default: 30 s. */
  readonly timeoutMs?: number;
  /** How the body is told. Default: text. */
  readonly as?: 'text' | 'base64';
}

export interface HttpAnswer {
  readonly status: number;
  /** After redirects. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * A request to a host that the manifest's `reaches.hosts` names, and nowhere else: not to private addresses, not where a
 * redirect or a name server would have it go.
 * @throws NonRecoverableError `url_not_allowed`, `http_request_refused`, `http_answer_refused`; NotDone when nothing was sent; SystemError
 * `http_unavailable` when nobody knows
 */
export type HttpFetch = (url: string, request?: HttpRequest) => Promise<HttpAnswer>;

/** What a tool may reach of the world beside hosts: what its agent's manifest names. */
export interface ToolReach {
  /** @throws DataError `secret_not_declared` */
  secret(name: string): Promise<string>;
  /** @throws DataError `bucket_not_declared` */
  bucket(name: string): ObjectStore;
  setting(name: string): string | undefined;
  /** @throws DataError `channel_not_declared` */
  publish(channel: string, detail: JsonObject): Promise<void>;
}

/** What a tool's code gets beside its input. */
export interface ToolContext extends ToolReach {
  readonly tenant: string;
  readonly runId: string;
  readonly taskId: string;
  /** The same whenever this call is made again: hand it to a service that knows such keys. */
  readonly idempotencyKey: string;
  /** Aborts when the call's time is over. */
  readonly signal: AbortSignal;
  /** When that is, ms. */
  readonly deadline: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fetch: HttpFetch;
}

/** Input that fits a tool's schema, ready to be worked on; or what is wrong with it. */
export type Prepared = { readonly problem: string } | { run(context: ToolContext): Promise<unknown> };
/** Output as it is recorded; or what is wrong with it. */
export type Checked = { readonly problem: string } | { readonly value: Json };

/** A tool as the registry knows it, wherever it comes from. */
export interface Tool {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** JSON Schema. */
  readonly input: JsonObject;
  /** JSON Schema; undefined: it may answer anything. */
  readonly output: JsonObject | undefined;
  /** Over all of the above. */
  readonly hash: string;
  readonly effects: ToolEffects;
  /** Words that an agent's `uses.permissions` must hold. */
  readonly permissions: readonly string[];
  /** It takes no arguments that came from outside, unless a person approves. */
  readonly privileged: boolean;
  /** What it answers comes from outside. */
  readonly outside: boolean;
  /** For each tenant, over all containers. */
  readonly rate: { readonly perMinute: number } | undefined;
  /** What a call costs. */
  readonly usd: number;
  readonly timeoutSeconds: number;
  /** Of its result, as JSON. */
  readonly maxBytes: number;
  /** Of the agent's hosts, those that it needs. Default: all of them. */
  readonly hosts: readonly string[] | undefined;
  prepare(input: Json): Prepared;
  check(result: unknown): Checked;
}

/** A tool whose schemas the compiler knows. */
export interface TypedTool<I extends z.ZodType, O extends z.ZodType> extends Tool {
  readonly schemas: { readonly input: I; readonly output: O };
}

/** `ctx.tool`: one call of a tool, a durable operation. See docs/guides/tools.md for what that means for its effects. */
export interface CallTool {
  /**
   * @throws DataError `tool_not_allowed`, `tool_not_permitted`, `tool_not_registered`, `tool_input_invalid`;
   * NonRecoverableError `tool_output_invalid`, `tool_changed`, `tainted_arguments`, `tool_outcome_unknown`, `tool_not_recorded`
   * (in a fork), and what the tool throws of these classes
   */
  <I extends z.ZodType, O extends z.ZodType>(tool: TypedTool<I, O>, input: z.input<I>): Promise<z.output<O>>;
  (name: string, input: Json): Promise<Json>;
}

/** What agents have of tools. */
export interface Tools {
  readonly tool: CallTool;
  /** Tools for `ctx.model(…).converse`. Default: all of the manifest's `uses.tools`. @throws as `tool` does */
  tools(...names: string[]): readonly UsableTool[];
}
