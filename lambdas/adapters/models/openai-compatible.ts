import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModelV4Content, LanguageModelV4FinishReason, LanguageModelV4Usage } from '@ai-sdk/provider';
import type { ModelSettings } from '../../contracts/model-settings.ts';
import type { FinishReason, TokenUse, ToolCall } from '../../runtime/model.ts';
import { Unavailable } from '../../runtime/models/errors.ts';
import type { ModelProvider, ProviderAnswer, ProviderPart } from '../../runtime/models/provider.ts';
import { openAiFailure } from './openai-failure.ts';
import { callOptions } from './to-prompt.ts';
import { toolCall } from './tool-arguments.ts';

export type OpenAiCompatibleSettings = Extract<ModelSettings, { provider: 'openai-compatible' }>;

/** Texts in one request for embeddings: llama.cpp and vLLM take hundreds, and a batch that fails is tried as a whole. */
const TEXTS_PER_CALL = 64;

/**
 * A model behind an OpenAI-compatible endpoint: Ollama, llama.cpp, vLLM, OpenAI and many others.
 * @param key read for each call, so that a rotated one is found
 */
export function openAiCompatibleModel(
  settings: OpenAiCompatibleSettings,
  pooledFetch: typeof fetch,
  key?: () => Promise<string>,
): ModelProvider {
  const { id, baseUrl, structured, dimensions } = settings;
  let told = '';
  const failure = (error: unknown, began: boolean): Error => openAiFailure(error, began, told);
  const endpoint = createOpenAICompatible({
    name: 'openaiCompatible',
    baseURL: baseUrl,
    fetch: pooledFetch,
    includeUsage: true,
    supportsStructuredOutputs: structured === 'schema',
    ...(key && {
      async apiKey() {
        told = await key();
        return told;
      },
    }),
  });

  return {
    textsPerCall: TEXTS_PER_CALL,

    async generate(request, signal) {
      try {
        const { content, finishReason, usage } = await endpoint
          .chatModel(id)
          .doGenerate(callOptions(request, structured, signal));
        if (finishReason.raw === undefined && finishReason.unified === 'other' && content.length === 0)
          throw new Unavailable('model_unavailable', 'the provider answered with nothing at all', true);
        return answerOf(content, finishReason, usage);
      } catch (error) {
        throw signal.aborted ? signal.reason : failure(error, false);
      }
    },

    async *stream(request, signal): AsyncGenerator<ProviderPart> {
      let began = false;
      try {
        const { stream } = await endpoint.chatModel(id).doStream(callOptions(request, structured, signal));
        const calls: ToolCall[] = [];
        let text = '';
        for await (const part of stream) {
          if (part.type === 'error') throw part.error;
          if (part.type === 'tool-call') calls.push(toolCall(part.toolCallId, part.toolName, part.input));
          if (part.type === 'text-delta') {
            began = true;
            text += part.delta;
            yield { type: 'text', text: part.delta };
          }
          if (part.type !== 'finish') continue;
          const { finishReason, usage } = part;
          const finish = finishOf(finishReason, calls);
          yield { type: 'end', answer: { text, toolCalls: calls, finish, usage: useOf(usage) } };
          return;
        }
        throw new Unavailable('model_stream_broken', 'the stream ended without an end', true);
      } catch (error) {
        throw signal.aborted ? signal.reason : failure(error, began);
      }
    },

    async embed(texts, signal) {
      try {
        const { embeddings, usage } = await endpoint.embeddingModel(id).doEmbed({
          values: [...texts],
          abortSignal: signal,
          ...(dimensions !== undefined && { providerOptions: { openaiCompatible: { dimensions } } }),
        });
        const use = usage && { input_tokens: usage.tokens, output_tokens: 0 };
        return { vectors: embeddings.map((vector) => Float32Array.from(vector)), usage: use };
      } catch (error) {
        throw signal.aborted ? signal.reason : failure(error, false);
      }
    },
  };
}

function answerOf(
  content: readonly LanguageModelV4Content[],
  finishReason: LanguageModelV4FinishReason,
  usage: LanguageModelV4Usage,
): ProviderAnswer {
  const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
  const toolCalls = content.flatMap((part) =>
    part.type === 'tool-call' ? [toolCall(part.toolCallId, part.toolName, part.input)] : [],
  );
  return { text, toolCalls, finish: finishOf(finishReason, toolCalls), usage: useOf(usage) };
}

/** Some endpoints say "stop" where they ask for tools, or the other way round: what was asked for counts. */
function finishOf({ unified }: LanguageModelV4FinishReason, calls: readonly ToolCall[]): FinishReason {
  if (unified === 'length') return 'length';
  if (unified === 'content-filter') return 'content_filter';
  return calls.length > 0 ? 'tool_calls' : 'stop';
}

/** undefined where the endpoint counts nothing. */
function useOf({ inputTokens, outputTokens }: LanguageModelV4Usage): TokenUse | undefined {
  if (inputTokens.total === undefined || outputTokens.total === undefined) return undefined;
  return { input_tokens: inputTokens.total, output_tokens: outputTokens.total };
}
