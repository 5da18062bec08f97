import { canonicalJson } from '../../contracts/canonical-json.ts';
import { MusterError, NonRecoverableError } from '../../contracts/errors.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';
import type { AtWork, Decided, Question } from '../abilities.ts';
import type { Tool } from '../tool.ts';
import { taintedPaths } from './taint.ts';
import { digestOf } from './tool-hash.ts';

const LONGEST_SHOWN = 4_000;

/**
 * Asks a person whether a privileged tool may have arguments that came from outside. The answer is bound to exactly these.
 * @throws NonRecoverableError `tainted_arguments` when it may not, or nobody answers
 */
export async function approve(tool: Tool, input: Json, work: AtWork): Promise<void> {
  const from_outside = taintedPaths(input, work.taint).slice(0, 50);
  const decided = await answerTo(work, {
    question: `May ${work.manifest.name} use the privileged tool "${tool.name}"? Part of what it hands over came from outside.`,
    shows: { ...argumentsShown(tool, input), from_outside },
  });
  if (!('silence' in decided) && decided.decision === 'approve') return;
  const why =
    'silence' in decided ? `nobody has approved it: ${decided.silence}` : `${decided.decided_by} has refused it`;
  throw new NonRecoverableError(
    'tainted_arguments',
    `the privileged tool "${tool.name}" takes nothing that came from outside: ${why}`.slice(0, 2_000),
    { tool: tool.name, from_outside },
  );
}

/** As text, in which nothing counts as an expression. */
export function argumentsShown({ name }: Tool, input: Json): JsonObject {
  const text = canonicalJson(input);
  if (text.length <= LONGEST_SHOWN) return { tool: name, arguments: text };
  return {
    tool: name,
    arguments: text.slice(0, LONGEST_SHOWN),
    cut: text.length - LONGEST_SHOWN,
    sha256: digestOf(input),
  };
}

/** What ends the attempt while the question is open is no answer. */
export async function answerTo(work: AtWork, question: Question): Promise<Decided | { readonly silence: string }> {
  try {
    return await work.durable.ask(question);
  } catch (error) {
    if (error instanceof MusterError && error.code === 'no_decision') return { silence: error.message };
    throw error;
  }
}
