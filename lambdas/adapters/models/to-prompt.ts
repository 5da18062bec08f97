import type { LanguageModelV4CallOptions, LanguageModelV4Message } from '@ai-sdk/provider';
import type { ModelMessage } from '../../runtime/model.ts';
import type { ProviderRequest } from '../../runtime/models/provider.ts';

/** What an endpoint is told when nothing else holds it to a schema. */
const TOLD = 'Answer with one JSON document that fits this JSON Schema, and with nothing else:';

/** Our request in the form that the providers of Vercel's AI SDK take. */
export function callOptions(
  request: ProviderRequest,
  structured: 'schema' | 'json' | 'prompt',
  abortSignal: AbortSignal,
): LanguageModelV4CallOptions {
  const { system, messages, tools, toolChoice, schema, maxOutputTokens, temperature, stop } = request;
  const told = schema && structured !== 'schema' ? `${TOLD}\n${JSON.stringify(schema)}` : undefined;
  const instructions = [system, told].filter((text) => text !== undefined).join('\n\n');
  return {
    prompt: [
      ...(instructions === '' ? [] : [{ role: 'system' as const, content: instructions }]),
      ...messages.map(promptMessage),
    ],
    maxOutputTokens,
    abortSignal,
    ...(temperature !== undefined && { temperature }),
    ...(stop && { stopSequences: [...stop] }),
    ...(schema && structured !== 'prompt' && { responseFormat: { type: 'json' as const, name: 'answer', schema } }),
    ...(tools && {
      tools: tools.map(({ name, description, input }) => ({
        type: 'function' as const,
        name,
        description,
        inputSchema: input,
      })),
      toolChoice:
        typeof toolChoice === 'object'
          ? { type: 'tool' as const, toolName: toolChoice.tool }
          : { type: toolChoice ?? ('auto' as const) },
    }),
  };
}

function promptMessage(message: ModelMessage): LanguageModelV4Message {
  if (message.role === 'user') return { role: 'user', content: [{ type: 'text', text: message.content }] };
  if (message.role === 'assistant') {
    const calls = (message.toolCalls ?? []).map(({ id, name, input, invalid }) => ({
      type: 'tool-call' as const,
      toolCallId: id,
      toolName: name,
      input: invalid === undefined ? input : {},
    }));
    const text = message.content === '' ? [] : [{ type: 'text' as const, text: message.content }];
    return { role: 'assistant', content: [...text, ...calls] };
  }
  const { toolCallId, name, result, failed } = message;
  const output =
    typeof result === 'string'
      ? { type: failed ? ('error-text' as const) : ('text' as const), value: result }
      : { type: failed ? ('error-json' as const) : ('json' as const), value: result };
  return { role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName: name, output }] };
}
