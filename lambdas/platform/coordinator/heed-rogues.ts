import type { RegisteredAgent } from '../../contracts/registry.ts';
import { isForbiddenTool, isQuarantined } from '../../runtime/rogues.ts';
import type { TurnInput } from '../../workflow/turn.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';

/**
 * Agents and messages as a turn must see them: what was just read may have shown an agent to be rogue. Such an agent is
 * given nothing from this turn on, and what it reports while it is in quarantine counts for nothing: its tasks go to others
 * as those of a silent agent do.
 */
export async function heedRogues(
  inputs: readonly TurnInput[],
  agents: readonly RegisteredAgent[],
  { rogues, securityLog }: Pick<CoordinatorPorts, 'rogues' | 'securityLog'>,
): Promise<{ readonly inputs: readonly TurnInput[]; readonly agents: readonly RegisteredAgent[] }> {
  const out = new Set((rogues?.marked(agents) ?? agents).filter(isQuarantined).map(({ name }) => name));
  const heeded = inputs.map((input) => (out.size > 0 ? unlessOut(input, out) : input));
  if (!rogues) return { inputs: heeded, agents };
  const forbidden = heeded.flatMap(forbiddenIn);
  for (const { agent, reason } of forbidden) rogues.accuse(agent, 'forbidden_tool', reason);
  if (forbidden.length > 0) await securityLog.flush();
  return { inputs: heeded, agents: rogues.marked(agents) };
}

function unlessOut(input: TurnInput, out: ReadonlySet<string>): TurnInput {
  if (input.type !== 'status_update' || !out.has(input.sender)) return input;
  const { messageId, sender, heard } = input;
  const reason = `${sender} is in quarantine: what it reports counts for nothing until a person puts it back`;
  return { type: 'refused', messageId, code: 'agent_quarantined', reason, ...(heard && { heard }) };
}

/** The report itself still counts: that its task has failed is true. */
function forbiddenIn(input: TurnInput): { agent: string; reason: string }[] {
  if (input.type !== 'status_update') return [];
  return input.payload.updates.flatMap((update) =>
    update.status === 'failed' && isForbiddenTool(update.error.code)
      ? [{ agent: input.sender, reason: update.error.message }]
      : [],
  );
}
