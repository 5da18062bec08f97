import { MusterError, NonRecoverableError } from '../../contracts/errors.ts';
import type { Json } from '../../contracts/json.ts';
import type {
  Conversation,
  Conversed,
  ModelAnswer,
  ModelMessage,
  ModelRequest,
  ToolCall,
  ToolDescription,
  UsableTool,
} from '../model.ts';

const TURNS = 8;
/** The same calls with the same arguments, turn after turn: more of it helps nobody. */
const SAME_IN_A_ROW = 3;
/** Characters of a tool's result that a model is shown. */
const LONGEST_RESULT = 50_000;

/**
 * Asks and runs tools until the model is done.
 * @param ask one turn; its number comes along, to be told apart
 */
export async function converse(
  conversation: Conversation,
  ask: (turn: number, request: ModelRequest) => Promise<ModelAnswer>,
): Promise<Conversed> {
  const { tools, maxTurns = TURNS, prompt, messages: begun = [], ...rest } = conversation;
  const messages: ModelMessage[] = prompt === undefined ? [...begun] : [{ role: 'user', content: prompt }];
  const told = tools.map(descriptionOf);
  let last = '';
  let same = 0;
  for (let turn = 1; turn <= maxTurns; turn += 1) {
    const answer = await ask(turn, { ...rest, messages: [...messages], tools: told });
    const { text, toolCalls } = answer;
    messages.push({ role: 'assistant', content: text, ...(toolCalls.length > 0 && { toolCalls }) });
    if (toolCalls.length === 0) return { answer, messages, turns: turn };
    const asked = JSON.stringify(toolCalls.map(({ name, input, invalid }) => [name, input, invalid ?? null]));
    same = asked === last ? same + 1 : 1;
    last = asked;
    if (same === SAME_IN_A_ROW) throw loops(answer, turn);
    if (turn < maxTurns) messages.push(...(await runAll(toolCalls, tools)));
  }
  throw new NonRecoverableError(
    'model_turns_used_up',
    `the model still asked for tools in its turn ${maxTurns}, the last it had; raise maxTurns, or give it less to do`,
    { turns: maxTurns, last_calls: last.slice(0, 500) },
  );
}

/** All at once, and begun in their order: that numbers their operations. */
function runAll(calls: readonly ToolCall[], tools: readonly UsableTool[]): Promise<ModelMessage[]> {
  return Promise.all(
    calls.map(async (call) => {
      const outcome = await run(call, tools);
      return { role: 'tool' as const, toolCallId: call.id, name: call.name, ...outcome };
    }),
  );
}

async function run(
  { name, input, invalid }: ToolCall,
  tools: readonly UsableTool[],
): Promise<{ result: Json; failed?: true }> {
  const tool = tools.find((other) => other.name === name);
  if (!tool)
    return {
      result: `there is no tool ${name}; there are: ${tools.map((other) => other.name).join(', ')}`,
      failed: true,
    };
  if (invalid !== undefined) return { result: 'the arguments are not JSON', failed: true };
  try {
    return { result: shortened(await tool.run(input)) };
  } catch (error) {
    // What may pass is for the task to be tried again; what is wrong for good, the model may work around.
    if (!(error instanceof MusterError) || (error.class !== 'data' && error.class !== 'non_recoverable')) throw error;
    return { result: `${error.code}: ${error.message}`.slice(0, 2_000), failed: true };
  }
}

function shortened(result: Json): Json {
  const text = typeof result === 'string' ? result : JSON.stringify(result);
  if (text.length <= LONGEST_RESULT) return result;
  return `${text.slice(0, LONGEST_RESULT)}\n[cut: ${text.length - LONGEST_RESULT} more characters]`;
}

const descriptionOf = ({ name, description, input }: UsableTool): ToolDescription => ({ name, description, input });

function loops({ toolCalls, model }: ModelAnswer, turn: number): NonRecoverableError {
  const names = toolCalls.map(({ name }) => name).join(', ');
  return new NonRecoverableError(
    'model_loops',
    `${model} asked for the same ${SAME_IN_A_ROW} times in a row (${names}); say in the prompt when it is done, or use another model`,
    { turn, tools: names },
  );
}
