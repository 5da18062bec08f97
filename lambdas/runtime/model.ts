import type * as z from 'zod';
import type { Json, JsonObject } from '../contracts/json.ts';

/** A tool as a model is told of it. */
export interface ToolDescription {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its arguments. */
  readonly input: JsonObject;
}

/** A model asks for a tool. `invalid` holds what it wrote instead of JSON; `input` is null then. */
export type ToolCall = {
  readonly id: string;
  readonly name: string;
  readonly input: Json;
  readonly invalid?: string;
};

/** One turn of a conversation. */
export type ModelMessage =
  | { readonly role: 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string; readonly toolCalls?: ToolCall[] }
  | {
      readonly role: 'tool';
      readonly toolCallId: string;
      readonly name: string;
      readonly result: Json;
      /** The tool failed, and `result` says how. */
      readonly failed?: boolean;
    };

/** What a model is asked. Either `prompt`, or `messages` that end with a user's or a tool's. */
export interface ModelRequest {
  readonly system?: string;
  readonly prompt?: string;
  readonly messages?: readonly ModelMessage[];
  readonly tools?: readonly ToolDescription[];
  /** Default: `auto`. */
  readonly toolChoice?: 'auto' | 'none' | 'required' | { readonly tool: string };
  /** Default: what the configuration says of the model. */
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly stop?: readonly string[];
  /**
   * The same request of the same tenant is answered from a cache for so long, and costs nothing then. Only ask for it where
   * an old answer is as good as a new one.
   */
  readonly cache?: { readonly seconds: number };
}

export type TokenUse = { readonly input_tokens: number; readonly output_tokens: number };

/** Why a model stopped: it was done, at its limit of tokens, to have tools called, or because a filter stepped in. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

/** What a model answered. */
export type ModelAnswer = {
  readonly text: string;
  readonly toolCalls: ToolCall[];
  readonly finish: FinishReason;
  readonly usage: TokenUse;
  /** What it cost, by the deployment's price table, dollars. */
  readonly usd: number;
  /** The configured name of the model that answered: a fallback's, where one took over. */
  readonly model: string;
  /** From the cache, so it cost nothing. */
  readonly cached?: boolean;
  /** Something that it was asked came from outside, so this counts as come from outside too. */
  readonly tainted?: boolean;
};

/** A piece of an answer as it comes, and at the end the whole of it. */
export type ModelPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'end'; readonly answer: ModelAnswer };

/** A tool that `converse` may run for the model. */
export interface UsableTool extends ToolDescription {
  /** What it throws of class `data` or `non_recoverable` is told to the model, which may do better. */
  run(input: Json): Promise<Json>;
}

export interface Conversation extends Omit<ModelRequest, 'tools'> {
  readonly tools: readonly UsableTool[];
  /** Calls of the model at most. Default: 8. */
  readonly maxTurns?: number;
}

export type Conversed = {
  readonly answer: ModelAnswer;
  /** All of it, the model's last answer included. */
  readonly messages: ModelMessage[];
  readonly turns: number;
};

/** A request for a structured answer. Tools are for `converse`. */
export type ObjectRequest = Omit<ModelRequest, 'tools' | 'toolChoice'>;

/** A structured answer. */
export interface ObjectAnswer<T> {
  readonly object: T;
  readonly answer: ModelAnswer;
}

/**
 * `ctx.model(name)`. Each call is a durable operation: what a model has once answered at this place is answered again,
 * unpaid, however often the task runs anew. A provider that is busy (429) puts the task back without spending a retry.
 *
 * All of them throw NonRecoverableError `context_too_long`, `model_request_refused`, `model_not_permitted`, `no_such_model`,
 * `budget_exhausted`. Where the provider is down, the attempt ends with `model_unavailable` and is tried
 * again; an agent that `worksWithoutModels` gets that as a NonRecoverableError instead, and goes on by its other way.
 */
export interface Model {
  generate(request: ModelRequest): Promise<ModelAnswer>;
  /**
   * The answer piece by piece. Begin it where its place is certain: it takes its number when it is called. A stream that
   * breaks after its first piece ends the attempt (`model_stream_broken`); a record is one piece.
   */
  stream(request: ModelRequest): AsyncIterable<ModelPart>;
  /**
   * An answer that fits the schema. One that does not is shown to the model once, with what is wrong with it.
   * @throws NonRecoverableError `model_output_invalid` when that does not help, `model_output_cut` when it did not fit into
   * `maxOutputTokens`, `model_output_filtered`
   */
  object<S extends z.ZodType>(request: ObjectRequest, schema: S): Promise<ObjectAnswer<z.output<S>>>;
  /** One vector per text, in their order. */
  embed(texts: readonly string[]): Promise<Float32Array[]>;
  /**
   * Asks, runs the tools that it asks for, and tells it what they answered, until it is done.
   * @throws NonRecoverableError `model_turns_used_up`, or `model_loops` when it asks for the same thing three times in a row
   */
  converse(conversation: Conversation): Promise<Conversed>;
}
