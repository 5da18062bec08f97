import { NonRecoverableError } from '../../contracts/errors.ts';
import type { Json } from '../../contracts/json.ts';
import type { AtWork } from '../abilities.ts';
import type { Claims } from '../ports.ts';
import { argumentsShown } from './approve.ts';
import { askForAnswer } from './ask-for-answer.ts';
import { claimKey, claimOfTry, openSettled, Settled } from './claimed-call.ts';
import type { Surroundings, ToolCall } from './tool-call.ts';

/**
 * In a fork that only records effects, a tool that has any is not used. The call answers, or fails, as the same call at
 * the same place of its task did in a run that was forked; what none of them has on record, a person must answer.
 * Idempotent tools leave no claim behind, so that there is nothing of them to be found.
 * @param runs the latest first
 * @throws NonRecoverableError `tool_not_recorded` when nobody says what it answers
 */
export async function fromRecord(
  call: ToolCall,
  { work, claims }: Surroundings,
  runs: readonly string[],
): Promise<Json> {
  for (const runId of runs) {
    const settled = claims && (await settledIn(claims, claimKey(runId, call, work)));
    if (settled) return openSettled(settled, work);
  }
  return askPerson(call, work);
}

/** What the last try of a call came to; undefined: it was not made, or nobody knows. */
async function settledIn(claims: Claims, place: string): Promise<Exclude<Settled, { again: string }> | undefined> {
  for (let number = 1; ; number += 1) {
    const known = await claims.outcome(claimOfTry(place, number));
    if (!known) return undefined;
    const settled = Settled.parse(known.outcome);
    if (!('again' in settled)) return settled;
  }
}

async function askPerson(call: ToolCall, work: AtWork): Promise<Json> {
  const { tool, input } = call;
  const told = await askForAnswer(call, work, {
    question:
      `${work.manifest.name} wants to use the tool "${tool.name}", which has effects outside. This run is a fork that has none, ` +
      'and the run that was forked has no such call on record. Say that it is "done", with what it answers as JSON in your ' +
      'comment; or let it "fail".',
    options: ['done', 'fail'],
    shows: { ...argumentsShown(tool, input), call: work.callId() },
  });
  if ('value' in told) return told.value;
  const why =
    'silence' in told ? `nobody has said what it answers: ${told.silence}` : `${told.decided_by} lets it fail`;
  throw new NonRecoverableError(
    'tool_not_recorded',
    `the tool "${tool.name}" has effects outside, and the run that was forked has no record of this call; ${why}. Fork with effects allowed to use it`.slice(
      0,
      2_000,
    ),
    { tool: tool.name },
  );
}
