import { type ErrorReport, NonRecoverableError } from '../../contracts/errors.ts';
import type { Json } from '../../contracts/json.ts';
import type { AtWork } from '../abilities.ts';
import { argumentsShown } from './approve.ts';
import { askForAnswer } from './ask-for-answer.ts';
import type { ToolCall } from './tool-call.ts';

/** What a person says of a call of which nobody knows whether it took effect. */
export type Resolution = { readonly value: Json } | { readonly error: ErrorReport } | { readonly again: string };

/** Asks a person. The answer counts for this try of the call only. */
export async function whatBecameOf(call: ToolCall, number: number, work: AtWork): Promise<Resolution> {
  const { tool, input } = call;
  const nth = number === 1 ? '' : ` once more (${number})`;
  const told = await askForAnswer(call, work, {
    question:
      `${work.manifest.name} has begun to use the tool "${tool.name}"${nth}, and nobody knows whether it took effect. Find out, then: ` +
      '"repeat" it; it is "done", with what it answered as JSON in your comment; or let it "fail".',
    options: ['repeat', 'done', 'fail'],
    shows: { ...argumentsShown(tool, input), call: work.callId(), try: number },
  });
  if ('value' in told) return told;
  if ('silence' in told) return { error: unknownOutcome(tool.name, `nobody has found out: ${told.silence}`) };
  if (told.decision === 'repeat') return { again: `${told.decided_by} had it repeated` };
  return { error: unknownOutcome(tool.name, `${told.decided_by} lets it fail: ${told.comment ?? ''}`) };
}

function unknownOutcome(tool: string, why: string): ErrorReport {
  const message = `nobody knows whether the tool "${tool}" took effect; ${why}`;
  return new NonRecoverableError('tool_outcome_unknown', message.slice(0, 2_000)).toReport();
}
