import { didYouMean } from '../../lambdas/workflow/definition.ts';
import { CliError } from '../cli-error.ts';
import { deadLettersOf } from '../cloud/dead-letters-of.ts';
import { type Recovered, recoverMessage } from '../cloud/recover.ts';
import { withSession } from '../cloud/session.ts';
import { table } from '../views/text.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

/** Messages looked at: the newest. */
const LIMIT = 1_000;

/**
 * `muster agents recover NAME`: gives an agent that had failed what it has missed meanwhile: its messages that were parked
 * and are still wanted. Work that goes on without it is not done twice.
 */
export function recoverAgent(name: string, options: JsonOption, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const agents = await session.registry.agents();
    const agent = agents.find((known) => known.name === name);
    if (!agent) {
      const hint = didYouMean(
        name,
        agents.map((known) => known.name),
      );
      throw new CliError(`there is no agent "${name}"${hint}`, 'list them with "muster agents"');
    }
    const { standard, express } = agent.inbox;
    /** By the name of the queue that it gives its messages up to. */
    const inboxes = new Map([
      [await deadLettersOf(session, express), express],
      [await deadLettersOf(session, standard), standard],
    ]);
    const recovered: Recovered[] = [];
    // The oldest first, as they came.
    for (const message of (await session.parkingLot.list(LIMIT)).reverse()) {
      const inbox = inboxes.get(message.queue);
      if (message.queue !== name && inbox === undefined) continue;
      recovered.push(...(await recoverMessage(message, agent, inbox, Date.now(), session)));
    }
    if (options.json) return printJson(recovered);
    if (recovered.length === 0) return print(`nothing is parked that ${name} has missed`);
    print(
      table(
        ['message', 'outcome'],
        recovered.map(({ what, said }) => [what, said]),
      ),
    );
    if (recovered.some(({ settled }) => !settled)) process.exitCode = 1;
  });
}
