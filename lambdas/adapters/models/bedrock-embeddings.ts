import { type BedrockRuntimeClient, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import * as z from 'zod';
import { behindProfile } from '../../contracts/model-prices.ts';
import type { ModelSettings } from '../../contracts/model-settings.ts';
import { badAnswer, requestRefused } from '../../runtime/models/errors.ts';
import type { Embedded, ModelProvider } from '../../runtime/models/provider.ts';
import { bedrockFailure } from './bedrock-failure.ts';

const TitanAnswer = z.object({ embedding: z.array(z.number()), inputTextTokenCount: z.number().int() });
/** With `embedding_types`, by type; without, a list. */
const CohereAnswer = z.object({
  embeddings: z.union([z.object({ float: z.array(z.array(z.number())) }), z.array(z.array(z.number()))]),
});

interface Family {
  readonly textsPerCall: number;
  body(texts: readonly string[], dimensions: number | undefined): unknown;
  read(answer: unknown, inputTokens: number | undefined): Embedded;
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
const titan: Family = {
  textsPerCall: 1,
  body: ([inputText], dimensions) => ({ inputText, ...(dimensions !== undefined && { dimensions }), normalize: true }),
  read(answer) {
    const { embedding, inputTextTokenCount } = TitanAnswer.parse(answer);
    return { vectors: [Float32Array.from(embedding)], usage: { input_tokens: inputTextTokenCount, output_tokens: 0 } };
  },
};

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html */
const cohere: Family = {
  textsPerCall: 96,
  body: (texts, dimensions) => ({
    texts,
    input_type: 'search_document',
    embedding_types: ['float'],
    ...(dimensions !== undefined && { output_dimension: dimensions }),
  }),
  read(answer, inputTokens) {
    const { embeddings } = CohereAnswer.parse(answer);
    const vectors = (Array.isArray(embeddings) ? embeddings : embeddings.float).map((vector) =>
      Float32Array.from(vector),
    );
    return { vectors, usage: inputTokens === undefined ? undefined : { input_tokens: inputTokens, output_tokens: 0 } };
  },
};

function familyOf(id: string): Family | undefined {
  const model = behindProfile(id) ?? id;
  if (model.includes('titan-embed')) return titan;
  return model.includes('cohere.embed') ? cohere : undefined;
}

/** Embeddings, whose form is each family's own. */
export function bedrockEmbeddings(
  { id, dimensions }: Extract<ModelSettings, { provider: 'bedrock' }>,
  client: BedrockRuntimeClient,
): Pick<ModelProvider, 'embed' | 'textsPerCall'> {
  const family = familyOf(id);
  return {
    textsPerCall: family?.textsPerCall ?? 1,
    async embed(texts, abortSignal) {
      if (!family) throw requestRefused(`${id} is no embedding model that we know: Titan's and Cohere's are`);
      const body = JSON.stringify(family.body(texts, dimensions));
      let counted: number | undefined;
      const command = new InvokeModelCommand({
        modelId: id,
        contentType: 'application/json',
        accept: 'application/json',
        body,
      });
      command.middlewareStack.add(
        (next) => async (args) => {
          const result = await next(args);
          counted = tokensIn(result.response);
          return result;
        },
        { step: 'deserialize', name: 'countTokens' },
      );
      try {
        const answer = await client.send(command, { abortSignal });
        return family.read(readJson(new TextDecoder().decode(answer.body)), counted);
      } catch (error) {
        if (abortSignal.aborted) throw abortSignal.reason;
        throw error instanceof z.ZodError ? badAnswer(error.message, error) : bedrockFailure(error, false);
      }
    },
  };
}

/** Bedrock counts in a header what Cohere's answer does not say. */
const Counted = z.object({ headers: z.object({ 'x-amzn-bedrock-input-token-count': z.coerce.number().int() }) });

function tokensIn(response: unknown): number | undefined {
  return Counted.safeParse(response).data?.headers['x-amzn-bedrock-input-token-count'];
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badAnswer('it is not JSON', error);
  }
}
