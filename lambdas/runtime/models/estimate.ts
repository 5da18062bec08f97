import type { ModelRequest } from '../model.ts';
import type { ProviderRequest } from './provider.ts';

/** What a chat template puts around a request: markers, and the system prompt that some models bring themselves. */
const PER_REQUEST = 96;
/** Around a message: its role and the markers on both sides. */
const PER_MESSAGE = 24;
/** What providers tell a model about using tools (Anthropic publishes up to 530 tokens), with room. */
const FOR_TOOLS = 1_024;
/** Providers write schemas anew, in a form of their own. */
const SCHEMA_FACTOR = 2;

/**
 * Never fewer tokens than the text really has. A token of a byte-level or byte-fallback vocabulary holds at least one byte,
 * whatever the language. Some tokenizers normalise first, which can make a text longer: so the longest form counts.
 */
export function mostTokensOf(text: string): number {
  const forms = [text, text.normalize('NFKC'), text.normalize('NFKD')];
  return Math.max(...forms.map((form) => Buffer.byteLength(form, 'utf8'))) + 1;
}

/** The input tokens that a request has at most. About four times the real number for English, less for other scripts. */
export function mostInputTokens(request: ProviderRequest): number {
  const messages = request.messages.reduce((sum, message) => sum + PER_MESSAGE + messageTokens(message), 0);
  const system = request.system === undefined ? 0 : PER_MESSAGE + mostTokensOf(request.system);
  const schemas = [...(request.tools ?? []), ...(request.schema ? [request.schema] : [])];
  const told = schemas.reduce<number>((sum, schema) => sum + SCHEMA_FACTOR * mostTokensOf(JSON.stringify(schema)), 0);
  return PER_REQUEST + system + messages + told + (schemas.length > 0 ? FOR_TOOLS : 0);
}

function messageTokens(message: NonNullable<ModelRequest['messages']>[number]): number {
  if (message.role === 'user') return mostTokensOf(message.content);
  // What was JSON is written as JSON once more, inside of a string at times: quotes are escaped then.
  if (message.role === 'tool') return SCHEMA_FACTOR * mostTokensOf(JSON.stringify(message));
  const calls = message.toolCalls ?? [];
  return mostTokensOf(message.content) + (calls.length > 0 ? SCHEMA_FACTOR * mostTokensOf(JSON.stringify(calls)) : 0);
}
