import type { Json } from '../contracts/json.ts';
import { ModelSettings } from '../contracts/model-settings.ts';
import type { ModelProvider, ProviderAnswer, ProviderRequest } from '../runtime/models/provider.ts';

/** What a model of a test says: a text, a document of JSON, tools that it asks for; or it fails. */
export type Said =
  | string
  | { readonly json: Json }
  | { readonly calls: ReadonlyArray<{ readonly name: string; readonly input: Json }> }
  | Error;

/** A model that says what a test tells it to. What it counts as tokens are words. */
export interface ScriptedModel {
  readonly settings: ModelSettings;
  readonly provider: ModelProvider;
  /** What it was asked, in order. */
  readonly asked: readonly ProviderRequest[];
}

const DEFAULTS = {
  provider: 'openai-compatible',
  id: 'scripted',
  baseUrl: 'http://localhost/v1',
  price: { inputPerMillion: 0, outputPerMillion: 0 },
};

/**
 * A model for `createTestFleet({ models: { fast: scriptedModel(['Hello.']) } })`.
 * @param script answers in their order, or what to say to a request
 * @param settings as the configuration has them: a price, a fallback, `maxOutputTokens`, …
 */
export function scriptedModel(
  script: readonly Said[] | ((request: ProviderRequest, count: number) => Said | Promise<Said>),
  settings: Readonly<Record<string, unknown>> = {},
): ScriptedModel {
  const asked: ProviderRequest[] = [];

  async function answer(request: ProviderRequest): Promise<ProviderAnswer> {
    asked.push(request);
    const said = typeof script === 'function' ? await script(request, asked.length) : script[asked.length - 1];
    if (said === undefined)
      throw new Error(`the script of this model has ${asked.length - 1} answers, and it is asked once more`);
    if (said instanceof Error) throw said;
    return spoken(said, request);
  }

  return {
    asked,
    settings: ModelSettings.parse({ ...DEFAULTS, ...settings }),
    provider: {
      textsPerCall: 100,
      generate: answer,
      async *stream(request) {
        const whole = await answer(request);
        for (const word of whole.text.match(/\S+\s*/g) ?? []) yield { type: 'text', text: word };
        yield { type: 'end', answer: whole };
      },
      embed: () => Promise.reject(new Error('a scripted model has no embeddings: use a real one')),
    },
  };
}

function spoken(said: Exclude<Said, Error>, request: ProviderRequest): ProviderAnswer {
  const text = typeof said === 'string' ? said : 'json' in said ? JSON.stringify(said.json) : '';
  const calls = typeof said === 'object' && 'calls' in said ? said.calls : [];
  const toolCalls = calls.map(({ name, input }, at) => ({ id: `call_${request.messages.length}_${at}`, name, input }));
  const usage = { input_tokens: wordsIn(JSON.stringify(request.messages)), output_tokens: wordsIn(text) };
  return { text, toolCalls, finish: toolCalls.length > 0 ? 'tool_calls' : 'stop', usage };
}

const wordsIn = (text: string): number => text.match(/\S+/g)?.length ?? 0;
