import type {
  ContentBlock,
  ConverseCommandInput,
  Message,
  ToolConfiguration,
  ToolResultContentBlock,
  ToolUseBlock,
} from '@aws-sdk/client-bedrock-runtime';
import type { Json } from '../../contracts/json.ts';
import type { ModelMessage } from '../../runtime/model.ts';
import type { ProviderRequest } from '../../runtime/models/provider.ts';

/** Answers of a schema come as the arguments of this tool: every model of Bedrock that knows tools can be held to one. */
export const ANSWER_TOOL = 'answer';

/** Our request in the form of Bedrock's Converse API. */
export function converseInput(modelId: string, request: ProviderRequest): Omit<ConverseCommandInput, 'outputConfig'> {
  const { system, messages, maxOutputTokens, temperature, stop } = request;
  const toolConfig = toolConfigOf(request);
  return {
    modelId,
    messages: merged(messages),
    inferenceConfig: {
      maxTokens: maxOutputTokens,
      ...(temperature !== undefined && { temperature }),
      ...(stop && { stopSequences: [...stop] }),
    },
    ...(system !== undefined && { system: [{ text: system }] }),
    ...(toolConfig && { toolConfig }),
  };
}

/** Converse wants users and assistants to take turns, and results of tools to come from the user, all in one message. */
function merged(messages: readonly ModelMessage[]): Message[] {
  const turns: Array<{ role: 'user' | 'assistant'; content: ContentBlock[] }> = [];
  for (const message of messages) {
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocksOf(message));
    else turns.push({ role, content: blocksOf(message) });
  }
  return turns;
}

function blocksOf(message: ModelMessage): ContentBlock[] {
  if (message.role === 'user') return [{ text: message.content }];
  if (message.role === 'tool') {
    const { toolCallId: toolUseId, result, failed } = message;
    return [{ toolResult: { toolUseId, content: [resultBlock(result)], status: failed ? 'error' : 'success' } }];
  }
  const calls = (message.toolCalls ?? []).map(({ id: toolUseId, name, input, invalid }) => ({
    toolUse: { toolUseId, name, input: asDocument(invalid === undefined && isObject(input) ? input : {}) },
  }));
  // Blank texts are refused.
  return [...(message.content.trim() === '' ? [] : [{ text: message.content }]), ...calls];
}

/** Only objects may be JSON there. */
function resultBlock(result: Json): ToolResultContentBlock {
  if (isObject(result)) return { json: asDocument(result) };
  return { text: typeof result === 'string' && result !== '' ? result : JSON.stringify(result) };
}

const isObject = (value: Json): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON is a document, in the SDK's words. */
const asDocument = (value: Json): Exclude<ToolUseBlock['input'], undefined> => value;

function toolConfigOf({ tools, toolChoice, schema }: ProviderRequest): ToolConfiguration | undefined {
  if (schema) {
    const answer = { name: ANSWER_TOOL, description: 'Give the answer', inputSchema: { json: asDocument(schema) } };
    return { tools: [{ toolSpec: answer }], toolChoice: { tool: { name: ANSWER_TOOL } } };
  }
  if (!tools || toolChoice === 'none') return undefined;
  return {
    tools: tools.map(({ name, description, input }) => ({
      toolSpec: { name, description, inputSchema: { json: asDocument(input) } },
    })),
    toolChoice:
      typeof toolChoice === 'object'
        ? { tool: { name: toolChoice.tool } }
        : toolChoice === 'required'
          ? { any: {} }
          : { auto: {} },
  };
}
