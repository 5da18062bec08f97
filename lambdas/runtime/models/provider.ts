import type { JsonObject } from '../../contracts/json.ts';
import type { FinishReason, ModelMessage, ModelRequest, TokenUse, ToolCall } from '../model.ts';

/** A request as providers get it: complete, and without what concerns Muster alone. */
export interface ProviderRequest extends Omit<ModelRequest, 'prompt' | 'messages' | 'cache' | 'maxOutputTokens'> {
  readonly messages: readonly ModelMessage[];
  readonly maxOutputTokens: number;
  /** The answer is to be JSON of this schema. */
  readonly schema?: JsonObject;
}

export interface ProviderAnswer {
  readonly text: string;
  readonly toolCalls: ToolCall[];
  readonly finish: FinishReason;
  /** Where a provider counts nothing, undefined: the upper bound counts then. */
  readonly usage: TokenUse | undefined;
}

export type ProviderPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'end'; readonly answer: ProviderAnswer };

export interface Embedded {
  readonly vectors: readonly Float32Array[];
  readonly usage: TokenUse | undefined;
}

/**
 * One model at its provider. Makes each call once: retries, limits, budgets and records are the pool's.
 * What it throws is one of errors.ts.
 */
export interface ModelProvider {
  generate(request: ProviderRequest, signal: AbortSignal): Promise<ProviderAnswer>;
  /** Ends with `end`, or throws. */
  stream(request: ProviderRequest, signal: AbortSignal): AsyncIterable<ProviderPart>;
  /** At most {@link ModelProvider.textsPerCall} texts. */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Embedded>;
  readonly textsPerCall: number;
}
