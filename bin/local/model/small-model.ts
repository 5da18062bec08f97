import { pathToFileURL } from 'node:url';
import { type ChatRequest, historyOf, schemaOf } from './chat-request.ts';
import type { ModelFiles } from './files.ts';

/** What we use of node-llama-cpp, which is fetched on demand and so has no types here. */
interface Runtime {
  getLlama(options: { build: 'never'; gpu: false; maxThreads: number; logLevel: 'error' }): Promise<Llama>;
  LlamaChat: new (options: { contextSequence: Sequence }) => Chat;
}
interface Llama {
  loadModel(options: { modelPath: string }): Promise<LoadedModel>;
  createGrammarForJsonSchema(schema: Readonly<Record<string, unknown>>): Promise<object>;
}
interface LoadedModel {
  createContext(options: { contextSize: number; threads: number }): Promise<{ getSequence(): Sequence }>;
  tokenize(text: string): readonly number[];
}
interface Sequence {
  clearHistory(): Promise<void>;
  readonly tokenMeter: { readonly usedInputTokens: number; readonly usedOutputTokens: number };
}
interface Chat {
  generateResponse(
    history: ReturnType<typeof historyOf>,
    options: object,
  ): Promise<{ response: string; metadata: { stopReason: string } }>;
}

export interface Generated {
  readonly text: string;
  readonly finish: 'stop' | 'length';
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Tokens that the model is given room for: enough for its 135 million parameters. */
const CONTEXT_TOKENS = 2_048;
/** Around each message, by its chat template. */
const PER_MESSAGE = 8;

/** Longer than the context; what it says is what llama.cpp's own server says. */
export class ContextExceeded extends Error {}

export type SmallModel = Awaited<ReturnType<typeof loadSmallModel>>;

/** SmolLM2-135M in this process, on one thread, one answer at a time. */
export async function loadSmallModel({ runtime, weights }: ModelFiles) {
  const { getLlama, LlamaChat }: Runtime = await import(pathToFileURL(runtime).href);
  const llama = await getLlama({ build: 'never', gpu: false, maxThreads: 1, logLevel: 'error' });
  const model = await llama.loadModel({ modelPath: weights });
  const context = await model.createContext({ contextSize: CONTEXT_TOKENS, threads: 1 });
  const sequence = context.getSequence();
  const chat = new LlamaChat({ contextSequence: sequence });
  let last: Promise<unknown> = Promise.resolve();

  async function generate(
    request: ChatRequest,
    onText: (text: string) => void,
    signal: AbortSignal,
  ): Promise<Generated> {
    signal.throwIfAborted();
    const texts = request.messages.map(({ content }) => content ?? '');
    const needed = texts.reduce((sum, text) => sum + model.tokenize(text).length + PER_MESSAGE, 0);
    if (needed + request.max_tokens > CONTEXT_TOKENS)
      throw new ContextExceeded(
        `the request exceeds the available context size: ${needed} tokens and ${request.max_tokens} of the answer, of ${CONTEXT_TOKENS}`,
      );
    const schema = schemaOf(request);
    const grammar = schema && (await llama.createGrammarForJsonSchema(schema));
    // From an empty state, so that the meter counts the whole prompt.
    await sequence.clearHistory();
    const before = { ...{ input: sequence.tokenMeter.usedInputTokens, output: sequence.tokenMeter.usedOutputTokens } };
    const { response, metadata } = await chat.generateResponse(historyOf(request), {
      maxTokens: request.max_tokens,
      temperature: request.temperature,
      ...(request.seed !== undefined && { seed: request.seed }),
      ...(request.stop !== undefined && { customStopTriggers: [request.stop].flat() }),
      ...(grammar && { grammar }),
      onTextChunk: onText,
      signal,
      stopOnAbortSignal: true,
    });
    return {
      text: response,
      finish: metadata.stopReason === 'maxTokens' ? 'length' : 'stop',
      promptTokens: sequence.tokenMeter.usedInputTokens - before.input,
      completionTokens: sequence.tokenMeter.usedOutputTokens - before.output,
    };
  }

  return {
    /** Tokens of a text, without the template's. */
    count: (text: string): number => model.tokenize(text).length,
    generate(request: ChatRequest, onText: (text: string) => void, signal: AbortSignal): Promise<Generated> {
      const turn = last.then(() => generate(request, onText, signal));
      last = turn.catch(() => {});
      return turn;
    },
  };
}
