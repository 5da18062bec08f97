import {
  type BedrockRuntimeClient,
  type ContentBlock,
  ConverseCommand,
  ConverseStreamCommand,
  type StopReason,
  type TokenUsage,
} from '@aws-sdk/client-bedrock-runtime';
import { Json } from '../../contracts/json.ts';
import type { ModelSettings } from '../../contracts/model-settings.ts';
import type { FinishReason, TokenUse, ToolCall } from '../../runtime/model.ts';
import { Unavailable } from '../../runtime/models/errors.ts';
import type { ModelProvider, ProviderAnswer, ProviderPart } from '../../runtime/models/provider.ts';
import { bedrockEmbeddings } from './bedrock-embeddings.ts';
import { bedrockFailure } from './bedrock-failure.ts';
import { ANSWER_TOOL, converseInput } from './converse-messages.ts';
import { toolCall } from './tool-arguments.ts';

export type BedrockSettings = Extract<ModelSettings, { provider: 'bedrock' }>;

/**
 * A model in Amazon Bedrock: chat by Converse, embeddings by InvokeModel.
 * @param client without retries of its own: the pool decides on those
 */
export function bedrockModel(settings: BedrockSettings, client: BedrockRuntimeClient): ModelProvider {
  const { id } = settings;
  return {
    ...bedrockEmbeddings(settings, client),

    async generate(request, abortSignal) {
      try {
        const { output, stopReason, usage } = await client.send(new ConverseCommand(converseInput(id, request)), {
          abortSignal,
        });
        return answerOf(output?.message?.content ?? [], stopReason, usage, request.schema !== undefined);
      } catch (error) {
        throw abortSignal.aborted ? abortSignal.reason : bedrockFailure(error, false);
      }
    },

    async *stream(request, abortSignal): AsyncGenerator<ProviderPart> {
      let began = false;
      try {
        const { stream } = await client.send(new ConverseStreamCommand(converseInput(id, request)), { abortSignal });
        const calls = new Map<number, { id: string; name: string; text: string }>();
        let text = '';
        let stopReason: StopReason | undefined;
        let usage: TokenUsage | undefined;
        for await (const event of stream ?? []) {
          const broken =
            event.internalServerException ??
            event.modelStreamErrorException ??
            event.serviceUnavailableException ??
            event.throttlingException ??
            event.validationException;
          if (broken) throw broken;
          const started = event.contentBlockStart?.start?.toolUse;
          if (started)
            calls.set(event.contentBlockStart?.contentBlockIndex ?? 0, {
              id: started.toolUseId ?? '',
              name: started.name ?? '',
              text: '',
            });
          const delta = event.contentBlockDelta?.delta;
          const call = calls.get(event.contentBlockDelta?.contentBlockIndex ?? -1);
          if (delta?.toolUse && call) call.text += delta.toolUse.input ?? '';
          if (delta?.text) {
            began = true;
            text += delta.text;
            yield { type: 'text', text: delta.text };
          }
          stopReason = event.messageStop?.stopReason ?? stopReason;
          usage = event.metadata?.usage ?? usage;
        }
        if (stopReason === undefined)
          throw new Unavailable('model_stream_broken', 'the stream ended without a stop reason', true);
        const toolCalls = [...calls.values()].map((call) => toolCall(call.id, call.name, call.text));
        yield {
          type: 'end',
          answer: { text, toolCalls, finish: finishOf(stopReason, toolCalls), usage: useOf(usage) },
        };
      } catch (error) {
        throw abortSignal.aborted ? abortSignal.reason : bedrockFailure(error, began);
      }
    },
  };
}

function answerOf(
  content: readonly ContentBlock[],
  stopReason: StopReason | undefined,
  usage: TokenUsage | undefined,
  structured: boolean,
): ProviderAnswer {
  const calls: ToolCall[] = content.flatMap(({ toolUse }) =>
    toolUse ? [{ id: toolUse.toolUseId ?? '', name: toolUse.name ?? '', input: Json.parse(toolUse.input ?? {}) }] : [],
  );
  const answered = structured ? calls.find(({ name }) => name === ANSWER_TOOL) : undefined;
  const text = answered ? JSON.stringify(answered.input) : content.map((block) => block.text ?? '').join('');
  const toolCalls = structured ? [] : calls;
  return { text, toolCalls, finish: finishOf(stopReason, toolCalls), usage: useOf(usage) };
}

function finishOf(reason: StopReason | undefined, calls: readonly ToolCall[]): FinishReason {
  if (reason === 'max_tokens' || reason === 'model_context_window_exceeded') return 'length';
  if (reason === 'guardrail_intervened' || reason === 'content_filtered') return 'content_filter';
  return calls.length > 0 ? 'tool_calls' : 'stop';
}

/** With what was read from or written to a prompt cache, which Bedrock counts beside. */
function useOf(usage: TokenUsage | undefined): TokenUse | undefined {
  if (usage?.inputTokens === undefined || usage.outputTokens === undefined) return undefined;
  const { inputTokens, outputTokens, cacheReadInputTokens = 0, cacheWriteInputTokens = 0 } = usage;
  return { input_tokens: inputTokens + cacheReadInputTokens + cacheWriteInputTokens, output_tokens: outputTokens };
}
