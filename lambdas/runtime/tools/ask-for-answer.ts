import type { Json } from '../../contracts/json.ts';
import type { AtWork, Decided, Question } from '../abilities.ts';
import { answerTo } from './approve.ts';
import type { ToolCall } from './tool-call.ts';

/** Asks a person until "done" comes with a comment that the tool might have answered, or anything else is decided. */
export async function askForAnswer(
  { tool }: ToolCall,
  work: AtWork,
  { question, ...asked }: Question,
): Promise<{ readonly value: Json } | { readonly silence: string } | Decided> {
  let wrong = '';
  for (;;) {
    const told = await answerTo(work, { ...asked, question: question + wrong });
    if ('silence' in told || told.decision !== 'done') return told;
    const answer = answerIn(told.comment, tool);
    if ('value' in answer) return answer;
    wrong = ` The last comment could not be used: ${answer.problem.slice(0, 500)}`;
  }
}

function answerIn(comment = '', tool: ToolCall['tool']): { value: Json } | { problem: string } {
  try {
    return tool.check(comment.trim() === '' ? null : JSON.parse(comment));
  } catch {
    return { problem: 'it is no JSON' };
  }
}
