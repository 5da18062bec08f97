import { once } from 'node:events';
import { createServer } from 'node:http';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { type BedrockSettings, bedrockModel } from '../../../../lambdas/adapters/models/bedrock.ts';
import { bedrockClient } from '../../../../lambdas/adapters/models/bedrock-client.ts';
import { bedrockFailure } from '../../../../lambdas/adapters/models/bedrock-failure.ts';
import { ModelSettings } from '../../../../lambdas/contracts/model-settings.ts';
import type { ModelMessage } from '../../../../lambdas/runtime/model.ts';
import { Throttled, Unavailable } from '../../../../lambdas/runtime/models/errors.ts';
import type { ProviderPart, ProviderRequest } from '../../../../lambdas/runtime/models/provider.ts';

const settingsOf = (id: string, more = {}): BedrockSettings => {
  const parsed = ModelSettings.parse({ provider: 'bedrock', id, ...more });
  if (parsed.provider !== 'bedrock') throw new Error('not of Bedrock');
  return parsed;
};
const client = new BedrockRuntimeClient({
  region: 'us-east-1',
  credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
});
const bedrock = mockClient(client);
const model = bedrockModel(settingsOf('amazon.nova-lite-v1:0'), client);
const signal = new AbortController().signal;
const request = (messages: readonly ModelMessage[], more: Partial<ProviderRequest> = {}): ProviderRequest => ({
  messages,
  maxOutputTokens: 50,
  ...more,
});
const hello = request([{ role: 'user', content: 'Hello' }]);

beforeEach(() => {
  bedrock.reset();
});

function answers(
  content: object[],
  stopReason = 'end_turn',
  usage: object = { inputTokens: 9, outputTokens: 4, totalTokens: 13 },
): void {
  bedrock.on(ConverseCommand).resolves({
    output: { message: { role: 'assistant', content: content as never } },
    stopReason: stopReason as never,
    usage: usage as never,
    metrics: { latencyMs: 1 },
  });
}
const sent = () => bedrock.commandCalls(ConverseCommand)[0]?.args[0].input;

describe('a model in Bedrock', () => {
  test('is asked by Converse, and answers with what it used', async () => {
    answers([{ text: 'Good ' }, { text: 'day.' }]);
    const asked = request([{ role: 'user', content: 'Hello' }], { system: 'Be kind.', temperature: 0, stop: ['END'] });
    expect(await model.generate(asked, signal)).toEqual({
      text: 'Good day.',
      toolCalls: [],
      finish: 'stop',
      usage: { input_tokens: 9, output_tokens: 4 },
    });
    expect(sent()).toEqual({
      modelId: 'amazon.nova-lite-v1:0',
      system: [{ text: 'Be kind.' }],
      messages: [{ role: 'user', content: [{ text: 'Hello' }] }],
      inferenceConfig: { maxTokens: 50, temperature: 0, stopSequences: ['END'] },
    });
  });

  test('asks for tools, and is told their results in one message of the user', async () => {
    answers(
      [{ text: 'Let me see.' }, { toolUse: { toolUseId: 't1', name: 'weather', input: { city: 'Rome' } } }],
      'tool_use',
    );
    const tools = [{ name: 'weather', description: 'The weather', input: { type: 'object' } }];
    const messages: ModelMessage[] = [
      { role: 'user', content: 'Rome and Oslo?' },
      {
        role: 'assistant',
        content: '',
        toolCalls: [
          { id: 'a', name: 'weather', input: { city: 'Rome' } },
          { id: 'b', name: 'weather', input: null, invalid: '{' },
        ],
      },
      { role: 'tool', toolCallId: 'a', name: 'weather', result: { sky: 'clear' } },
      { role: 'tool', toolCallId: 'b', name: 'weather', result: 'the arguments are not JSON', failed: true },
      { role: 'user', content: 'Go on.' },
    ];
    expect(await model.generate(request(messages, { tools, toolChoice: 'required' }), signal)).toMatchObject({
      finish: 'tool_calls',
      toolCalls: [{ id: 't1', name: 'weather', input: { city: 'Rome' } }],
    });
    expect(sent()?.messages).toEqual([
      { role: 'user', content: [{ text: 'Rome and Oslo?' }] },
      {
        role: 'assistant',
        content: [
          { toolUse: { toolUseId: 'a', name: 'weather', input: { city: 'Rome' } } },
          { toolUse: { toolUseId: 'b', name: 'weather', input: {} } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'a', content: [{ json: { sky: 'clear' } }], status: 'success' } },
          { toolResult: { toolUseId: 'b', content: [{ text: 'the arguments are not JSON' }], status: 'error' } },
          { text: 'Go on.' },
        ],
      },
    ]);
    expect(sent()?.toolConfig).toEqual({
      tools: [{ toolSpec: { name: 'weather', description: 'The weather', inputSchema: { json: { type: 'object' } } } }],
      toolChoice: { any: {} },
    });
  });

  test('is held to a schema by a tool that it must use', async () => {
    answers([{ toolUse: { toolUseId: 't1', name: 'answer', input: { legs: 4 } } }], 'tool_use');
    const schema = { type: 'object', properties: { legs: { type: 'integer' } } };
    expect(await model.generate(request(hello.messages, { schema }), signal)).toMatchObject({
      text: '{"legs":4}',
      toolCalls: [],
      finish: 'stop',
    });
    expect(sent()?.toolConfig?.toolChoice).toEqual({ tool: { name: 'answer' } });
  });

  test.each([
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['guardrail_intervened', 'content_filter'],
    ['content_filtered', 'content_filter'],
    ['stop_sequence', 'stop'],
  ])('that stops because of %s says %s', async (reason, finish) => {
    answers([{ text: 'x' }], reason);
    expect(await model.generate(hello, signal)).toMatchObject({ finish });
  });

  test('counts what its prompt cache read and wrote, and nothing where Bedrock does not count', async () => {
    answers([{ text: 'x' }], 'end_turn', {
      inputTokens: 1,
      outputTokens: 2,
      cacheReadInputTokens: 30,
      cacheWriteInputTokens: 400,
    });
    expect(await model.generate(hello, signal)).toMatchObject({ usage: { input_tokens: 431, output_tokens: 2 } });
    answers([{ text: 'x' }], 'end_turn', {});
    expect((await model.generate(hello, signal)).usage).toBeUndefined();
  });
});

describe('a stream of Bedrock', () => {
  async function heard(events: object[], then?: Error): Promise<ProviderPart[]> {
    async function* stream() {
      yield* events;
      if (then) throw then;
    }
    bedrock.on(ConverseStreamCommand).resolves({ stream: stream() as never });
    const parts: ProviderPart[] = [];
    for await (const part of model.stream(hello, signal)) parts.push(part);
    return parts;
  }
  const text = (words: string) => ({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: words } } });

  test('comes piece by piece, with tools at its end', async () => {
    const parts = await heard([
      { messageStart: { role: 'assistant' } },
      text('Let me '),
      text('see.'),
      { contentBlockStart: { contentBlockIndex: 1, start: { toolUse: { toolUseId: 't1', name: 'weather' } } } },
      { contentBlockDelta: { contentBlockIndex: 1, delta: { toolUse: { input: '{"city":' } } } },
      { contentBlockDelta: { contentBlockIndex: 1, delta: { toolUse: { input: '"Rome"}' } } } },
      { messageStop: { stopReason: 'tool_use' } },
      { metadata: { usage: { inputTokens: 3, outputTokens: 8, totalTokens: 11 }, metrics: { latencyMs: 1 } } },
    ]);
    expect(parts).toEqual([
      { type: 'text', text: 'Let me ' },
      { type: 'text', text: 'see.' },
      {
        type: 'end',
        answer: {
          text: 'Let me see.',
          toolCalls: [{ id: 't1', name: 'weather', input: { city: 'Rome' } }],
          finish: 'tool_calls',
          usage: { input_tokens: 3, output_tokens: 8 },
        },
      },
    ]);
  });

  test.each<[string, object[], Error | undefined]>([
    ['ends without a reason', [text('Once ')], undefined],
    ['dies', [text('Once ')], Object.assign(new Error('socket hang up'), { name: 'TimeoutError' })],
    [
      'reports a failure',
      [
        text('Once '),
        { modelStreamErrorException: Object.assign(new Error('x'), { name: 'ModelStreamErrorException' }) },
      ],
      undefined,
    ],
  ])('that %s is broken, and may cost', async (_, events, then) => {
    await expect(heard(events, then)).rejects.toMatchObject({
      code: 'model_stream_broken',
      class: 'system',
      mayCost: true,
    });
  });
});

describe('a failure of Bedrock', () => {
  const failure = (name: string, message = 'x') => bedrockFailure(Object.assign(new Error(message), { name }), false);

  test.each([
    ['ThrottlingException', 'x', 'model_throttled'],
    ['ServiceQuotaExceededException', 'x', 'model_throttled'],
    ['ValidationException', 'Input is too long for requested model.', 'context_too_long'],
    ['ValidationException', 'Malformed input request', 'model_request_refused'],
    ['AccessDeniedException', 'x', 'model_not_permitted'],
    ['ResourceNotFoundException', 'x', 'no_such_model'],
    ['ModelTimeoutException', 'x', 'model_unavailable'],
    ['InternalServerException', 'x', 'model_unavailable'],
  ])('%s "%s" is %s', (name, message, code) => {
    expect(failure(name, message)).toMatchObject({ code });
  });

  test('says whether it may have cost something', () => {
    expect(failure('ServiceUnavailableException')).toMatchObject({ mayCost: false });
    expect(failure('ModelTimeoutException')).toMatchObject({ mayCost: true });
    expect(failure('ModelNotReadyException')).toBeInstanceOf(Throttled);
    expect(failure('Error', 'connect ECONNREFUSED 127.0.0.1:1')).toMatchObject({ mayCost: false });
    expect(failure('InternalServerException')).toBeInstanceOf(Unavailable);
  });
});

describe('embeddings of Bedrock', () => {
  const body = (value: unknown) => ({
    body: new TextEncoder().encode(JSON.stringify(value)) as never,
    contentType: 'application/json',
  });
  const input = () => JSON.parse(String(bedrock.commandCalls(InvokeModelCommand)[0]?.args[0].input.body));

  test('by Titan come one by one, and are counted', async () => {
    bedrock.on(InvokeModelCommand).resolves(body({ embedding: [0.5, -1], inputTextTokenCount: 7 }));
    const titan = bedrockModel(
      settingsOf('amazon.titan-embed-text-v2:0', { kind: 'embedding', dimensions: 256 }),
      client,
    );
    expect(titan.textsPerCall).toBe(1);
    expect(await titan.embed(['x'], signal)).toEqual({
      vectors: [new Float32Array([0.5, -1])],
      usage: { input_tokens: 7, output_tokens: 0 },
    });
    expect(input()).toEqual({ inputText: 'x', dimensions: 256, normalize: true });
  });

  test.each([
    [
      'by type',
      {
        embeddings: {
          float: [
            [1, 2],
            [3, 4],
          ],
        },
      },
    ],
    [
      'as a list',
      {
        embeddings: [
          [1, 2],
          [3, 4],
        ],
      },
    ],
  ])('by Cohere come many at once, %s', async (_, answer) => {
    bedrock.on(InvokeModelCommand).resolves(body(answer));
    const cohere = bedrockModel(settingsOf('cohere.embed-multilingual-v3', { kind: 'embedding' }), client);
    expect(cohere.textsPerCall).toBe(96);
    expect((await cohere.embed(['x', 'y'], signal)).vectors).toEqual([
      new Float32Array([1, 2]),
      new Float32Array([3, 4]),
    ]);
    expect(input()).toEqual({ texts: ['x', 'y'], input_type: 'search_document', embedding_types: ['float'] });
  });

  test('that make no sense are an outage, and of other models there are none', async () => {
    bedrock.on(InvokeModelCommand).resolves(body({ error: 'x' }));
    const titan = bedrockModel(settingsOf('amazon.titan-embed-text-v2:0', { kind: 'embedding' }), client);
    await expect(titan.embed(['x'], signal)).rejects.toMatchObject({ code: 'model_unavailable' });
    await expect(model.embed(['x'], signal)).rejects.toMatchObject({ code: 'model_request_refused' });
  });

  test('by Cohere are counted by the header that Bedrock sends', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'x-amzn-bedrock-input-token-count': '42' });
      response.end(JSON.stringify({ embeddings: { float: [[1]] } }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address !== 'object' || !address) throw new Error('no port');
    const credentials = { accessKeyId: 'x', secretAccessKey: 'y' };
    const real = bedrockClient({ region: 'us-east-1', endpoint: `http://127.0.0.1:${address.port}` }, { credentials });
    try {
      const cohere = bedrockModel(settingsOf('cohere.embed-english-v3', { kind: 'embedding' }), real);
      expect((await cohere.embed(['x'], signal)).usage).toEqual({ input_tokens: 42, output_tokens: 0 });
    } finally {
      real.destroy();
      server.closeAllConnections();
      server.close();
    }
  });
});
