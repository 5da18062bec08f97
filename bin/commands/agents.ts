import type { RegisteredAgent } from '../../lambdas/contracts/registry.ts';
import { type Session, withSession } from '../cloud/session.ts';
import { type AgentLine, agentsTable, type InboxDepth } from '../views/agents-table.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

/** `muster agents`: who is registered, what they can do, how they do, and how much waits for them now. */
export function agents(options: JsonOption, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const [registered, breakers] = await Promise.all([session.registry.agents(), session.breakers.read()]);
    const sorted = [...registered].sort((a, b) => a.name.localeCompare(b.name));
    const lines = await Promise.all(
      sorted.map(async (agent): Promise<AgentLine> => {
        const breaker = breakers.get(agent.name);
        return { agent, depth: await depthOf(session, agent), ...(breaker && { breaker }) };
      }),
    );
    if (!options.json) return print(agentsTable(lines, Date.now()));
    printJson(lines.map(({ agent, depth, breaker }) => ({ ...agent, queue_depth: depth, breaker: breaker ?? null })));
  });
}

async function depthOf({ queues }: Pick<Session, 'queues'>, { inbox }: RegisteredAgent): Promise<InboxDepth> {
  const [express, standard] = await Promise.all([queues.depth(inbox.express), queues.depth(inbox.standard)]);
  return { express: express.waiting, standard: standard.waiting, inFlight: express.inFlight + standard.inFlight };
}
