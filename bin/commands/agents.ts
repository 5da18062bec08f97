import { withSession } from '../cloud/session.ts';
import { table } from '../views/text.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

/** `muster agents`: who is registered, what they can do, and how much waits for them now. */
export function agents(options: JsonOption, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const registered = [...(await session.registry.agents())].sort((a, b) => a.name.localeCompare(b.name));
    const depths = await Promise.all(
      registered.map(async ({ inbox }) => ({
        express: await session.queues.depth(inbox.express),
        standard: await session.queues.depth(inbox.standard),
      })),
    );
    if (options.json) return printJson(registered.map((agent, index) => ({ ...agent, queue_depth: depths[index] })));
    const rows = registered.map((agent, index) => [
      agent.name,
      agent.version,
      Object.keys(agent.capabilities).join(', '),
      String(depths[index]?.express ?? ''),
      String(depths[index]?.standard ?? ''),
      agent.description,
    ]);
    print(table(['agent', 'version', 'task types', 'express', 'standard', 'description'], rows));
  });
}
