import { DataError } from '../../contracts/errors.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { ModelSettings } from '../../contracts/model-settings.ts';
import type { ModelMessage, ModelRequest } from '../model.ts';
import { contextTooLong } from './errors.ts';
import { mostInputTokens } from './estimate.ts';
import type { ProviderRequest } from './provider.ts';

/**
 * The request as the provider of a model gets it.
 * @throws DataError `bad_model_request` when there is nothing to answer
 */
export function providerRequest(request: ModelRequest, settings: ModelSettings, schema?: JsonObject): ProviderRequest {
  const { prompt, messages, cache: _cache, maxOutputTokens, tools, ...rest } = request;
  return {
    ...rest,
    messages: checked(messagesOf(prompt, messages)),
    maxOutputTokens: maxOutputTokens ?? settings.maxOutputTokens,
    ...(tools && tools.length > 0 && { tools }),
    ...(schema && { schema }),
  };
}

function messagesOf(prompt: string | undefined, messages: readonly ModelMessage[] | undefined): ModelMessage[] {
  if ((prompt === undefined) === (messages === undefined))
    throw new DataError('bad_model_request', 'a request has either `prompt` or `messages`');
  return prompt === undefined ? [...(messages ?? [])] : [{ role: 'user', content: prompt }];
}

function checked(messages: ModelMessage[]): ModelMessage[] {
  const last = messages.at(-1);
  if (!last || last.role === 'assistant')
    throw new DataError(
      'bad_model_request',
      "the last message is a user's or a tool's: there is nothing to answer else",
    );
  for (const message of messages)
    if (message.role === 'user' && message.content.trim() === '')
      throw new DataError('bad_model_request', 'a message of a user is empty');
  const asked = new Set(
    messages.flatMap((message) => (message.role === 'assistant' ? (message.toolCalls ?? []) : [])).map(({ id }) => id),
  );
  for (const message of messages)
    if (message.role === 'tool' && !asked.has(message.toolCallId))
      throw new DataError('bad_model_request', `nobody asked for the tool result ${message.toolCallId}`);
  return messages;
}

/** No known vocabulary has longer tokens: a text has at least one for so many bytes. */
const MOST_BYTES_PER_TOKEN = 128;

/**
 * What is surely longer than the model's context is not sent at all; what may be is for the provider to judge.
 * @throws NonRecoverableError `context_too_long`
 */
export function checkContext(request: ProviderRequest, { contextTokens, id }: ModelSettings): void {
  if (contextTokens === undefined) return;
  const least = Math.floor(mostInputTokens(request) / MOST_BYTES_PER_TOKEN);
  if (request.maxOutputTokens >= contextTokens || least > contextTokens)
    throw contextTooLong(`${id} takes ${contextTokens} tokens, the answer's ${request.maxOutputTokens} included`);
}
