import { GetQueueUrlCommand, ListDeadLetterSourceQueuesCommand } from '@aws-sdk/client-sqs';
import { didYouMean } from '../../lambdas/workflow/definition.ts';
import { CliError } from '../cli-error.ts';
import { type Recovered, recoverMessage } from '../cloud/recover.ts';
import { type Session, withSession } from '../cloud/session.ts';
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
    const sources = sourcesOf(session);
    const recovered: Recovered[] = [];
    // The oldest first, as they came.
    for (const message of (await session.parkingLot.list(LIMIT)).reverse()) {
      const behind = message.queue === name ? [] : await sources(message.queue);
      const inbox =
        behind.find((url) => url === agent.inbox.standard) ?? behind.find((url) => url === agent.inbox.express);
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

/** The queues whose dead letters lie in this one; asked once each. */
function sourcesOf({ aws }: Session): (deadLetters: string) => Promise<readonly string[]> {
  const known = new Map<string, Promise<readonly string[]>>();
  async function ask(QueueName: string): Promise<readonly string[]> {
    const { QueueUrl } = await aws.sqs
      .send(new GetQueueUrlCommand({ QueueName }))
      .catch(() => ({ QueueUrl: undefined }));
    if (QueueUrl === undefined) return [];
    return (await aws.sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl }))).queueUrls ?? [];
  }
  return (name) => {
    const asked = known.get(name) ?? ask(name);
    known.set(name, asked);
    return asked;
  };
}
