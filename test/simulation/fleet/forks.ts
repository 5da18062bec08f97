import type { RunEdit } from '../../../lambdas/contracts/control.ts';
import type { InProcessPlatform } from '../../../lambdas/testing/in-process-platform.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import type { ForkPlan } from '../plan-history.ts';
import { AGENTS, type Program, requestIdOf, WORK_TYPES } from '../programs/plan.ts';
import { editable, nextVersion } from './changes.ts';

/** With which the request ids of forks begin. */
export const FORKS = 'fork of ';
/** What the input of a fork says that has another. */
export const OTHER_INPUT = 5_000;

/** Begins another run from an entry that is there by now, changed as the plan says. */
export async function forkRun(
  platform: InProcessPlatform,
  program: Program,
  { after, effects, edit: edited }: ForkPlan,
  requested_by: string,
): Promise<void> {
  const { world } = platform;
  const workflow_id = runIdOf('default', requestIdOf(program));
  const entries = await world.journal.read(workflow_id, 0);
  const at = Math.floor(after * (entries.length + 1));
  const request_id = `${FORKS}${requestIdOf(program)} for ${requested_by}`;
  const edit = await editOf(edited, program, platform);
  const detail = { workflow_id, at, request_id, effects, requested_by, reason: 'by plan', ...(edit && { edit }) };
  await platform.publish({ name: 'workflow_fork_requested', detail }, 'person');
}

/** Another input, another agent for what comes last, or another version: work that a fork may do otherwise. */
async function editOf(
  edited: ForkPlan['edit'],
  program: Program,
  { world }: InProcessPlatform,
): Promise<RunEdit | undefined> {
  if (edited === 'input') return { input: { ...program.input, x: OTHER_INPUT } };
  if (edited === 'version') return nextVersion(program, world);
  if (edited === undefined) return undefined;
  const last = editable(program).slice(-2);
  if (last.length === 0) return undefined;
  return { tasks: Object.fromEntries(last.map(({ id, type, input = {} }) => [id, { input, agent: secondOf(type) }])) };
}

/** Of the two agents that can do work of this type. */
function secondOf(type: string | undefined): string {
  const effects = (['none', 'idempotent', 'outside'] as const).find((name) => WORK_TYPES[name] === type);
  return AGENTS[effects ?? 'none'][1];
}
