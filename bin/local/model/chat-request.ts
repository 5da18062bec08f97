import * as z from 'zod';

const Call = z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) });
const Text = z
  .union([z.string(), z.array(z.object({ type: z.literal('text'), text: z.string() }))])
  .transform((content) => (typeof content === 'string' ? content : content.map(({ text }) => text).join('')));

const Message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: Text }),
  z.object({ role: z.literal('user'), content: Text }),
  z.object({ role: z.literal('assistant'), content: Text.nullish(), tool_calls: z.array(Call).optional() }),
  z.object({ role: z.literal('tool'), content: Text, tool_call_id: z.string() }),
]);

const Schema = z.record(z.string(), z.unknown());
const Tool = z.object({
  type: z.literal('function'),
  function: z.object({ name: z.string(), description: z.string().optional(), parameters: Schema.optional() }),
});

/** What is understood of `POST /v1/chat/completions`; the rest of it is let pass and ignored, as others do. */
export const ChatRequest = z.object({
  model: z.string(),
  messages: z.array(Message).min(1),
  max_tokens: z.number().int().min(1).max(4_096).default(256),
  temperature: z.number().min(0).max(2).default(0.7),
  seed: z.number().int().optional(),
  stop: z.union([z.string(), z.array(z.string())]).optional(),
  stream: z.boolean().default(false),
  stream_options: z.object({ include_usage: z.boolean().default(false) }).nullish(),
  response_format: z
    .union([
      z.object({ type: z.literal('json_schema'), json_schema: z.object({ schema: Schema }) }),
      z.object({ type: z.enum(['text', 'json_object']) }),
    ])
    .optional(),
  tools: z.array(Tool).optional(),
  tool_choice: z
    .union([z.enum(['auto', 'none', 'required']), z.object({ function: z.object({ name: z.string() }) })])
    .default('auto'),
});
export type ChatRequest = z.infer<typeof ChatRequest>;

/** The tool that the model is held to. So small a model never asks for one by itself. */
export function forcedTool({
  tools = [],
  tool_choice: choice,
}: ChatRequest): z.infer<typeof Tool>['function'] | undefined {
  const named =
    typeof choice === 'object' ? tools.find((tool) => tool.function.name === choice.function.name) : tools[0];
  return typeof choice === 'object' || choice === 'required' ? named?.function : undefined;
}

/** The JSON Schema that its answer has to fit. */
export function schemaOf(request: ChatRequest): Readonly<Record<string, unknown>> | undefined {
  const tool = forcedTool(request);
  if (tool) return tool.parameters ?? { type: 'object' };
  const format = request.response_format;
  return format && 'json_schema' in format ? format.json_schema.schema : undefined;
}

type HistoryItem = { type: 'system' | 'user'; text: string } | { type: 'model'; response: string[] };

/** A conversation as node-llama-cpp takes it. Tools' results are told by the user: the template knows no others. */
export function historyOf({ messages }: ChatRequest): HistoryItem[] {
  return messages.map((message): HistoryItem => {
    if (message.role === 'system' || message.role === 'user') return { type: message.role, text: message.content };
    if (message.role === 'tool') return { type: 'user', text: `Result of the tool: ${message.content}` };
    const calls = (message.tool_calls ?? []).map((call) => `${call.function.name}(${call.function.arguments})`);
    return { type: 'model', response: [[message.content ?? '', ...calls].join('\n').trim()] };
  });
}
