import * as z from 'zod';
import type { Header } from '../contracts/envelope.ts';
import { NonRecoverableError } from '../contracts/errors.ts';
import { asJson, Json } from '../contracts/json.ts';
import type { TaskAssignment } from '../contracts/messages.ts';
import { TaskDefinition } from '../contracts/workflow-definition.ts';
import type { Agent } from './agent.ts';
import type { AgentPorts } from './agent-ports.ts';

/** What a task came to: its answer and the tasks that it adds to its run. */
export const Outcome = z.object({ value: Json, tasks: z.array(TaskDefinition) });
export type Outcome = z.infer<typeof Outcome>;

/**
 * Work with outside effects happens under a claim, one per run and task, fenced by the attempt (rule 6).
 * A recorded outcome is answered again instead of working twice; a claim without one means that nobody knows whether
 * the effect happened, and that is never tried again blindly.
 */
export async function withClaim(
  agent: Agent,
  header: Header,
  assignment: TaskAssignment,
  ports: AgentPorts,
  deadline: number,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const { claims } = ports;
  if (!claims)
    throw new NonRecoverableError('no_claims', `${agent.manifest.name} has outside effects, but no claims table`);
  const key = `${assignment.run_id}/${assignment.task.task_id}`;
  const attempt = header.attempt ?? 1;
  // Unique per delivery: a redelivery of the same attempt must not take its predecessor's claim for its own.
  const holder = `${agent.manifest.name}/${ports.ids.uuid()}`;
  const known = await claims.outcome(key);
  if (known) return Outcome.parse(known.outcome);
  if (!(await claims.claim(key, attempt, holder, deadline))) {
    const message = `an earlier attempt at ${key} began and its outcome is unknown; find out whether it took effect, then repair the task`;
    throw new NonRecoverableError('unknown_outcome', message);
  }
  const outcome = await work();
  try {
    await claims.settle(key, attempt, asJson(outcome));
  } catch (error) {
    // It is done, whatever the store says: told as a failure, it would be done again.
    ports.logger.error('the outcome could not be recorded; the report still tells it', { key, attempt, error });
  }
  return outcome;
}
