import type { MessageSecurity } from '../../../lambdas/runtime/signing/message-security.ts';
import type { InProcessPlatform } from '../../../lambdas/testing/in-process-platform.ts';
import type { RunEvent } from '../../../lambdas/workflow/events.ts';
import type { JournalEntry } from '../../../lambdas/workflow/journal.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import { requestIdOf } from '../programs/plan.ts';

const COORDINATOR = 'memory://coordinator.fifo';

import type { FaultKind } from './fault.ts';

/** What the history's plan does (see plan-history.ts); here it is only counted. */
export const twice: FaultKind = {
  number: 27,
  does: 'the same workflow is requested twice, with the same body and with another',
  arm: (context) => ({ begin: () => context.fired() }),
};

export const large: FaultKind = {
  number: 28,
  does: 'a run has thousands of tasks',
  arm: (context) => ({ begin: () => context.fired() }),
};

/** Results, definitions and inputs over the limits of what travels inline. */
export const oversize: FaultKind = {
  number: 18,
  does: 'results and definitions are too large to travel inline',
  arm: (context) => ({
    call({ port, method }) {
      if (port === 'blobs' && method === 'put') context.fired();
      return undefined;
    },
  }),
};

export const tokenTwice: FaultKind = {
  number: 29,
  does: 'a task token is answered twice, and late',
  arm: (context) => ({
    ports(ports) {
      if (!('lifecycle' in ports)) return ports;
      const { lifecycle } = ports;
      const again = (answer: () => Promise<void>): void => {
        context.fired();
        context.world().platform.clock.after(context.random.between(0, 600_000), () => void answer());
      };
      return {
        ...ports,
        lifecycle: {
          ...lifecycle,
          async succeed(token: string, output: Parameters<typeof lifecycle.succeed>[1]) {
            await lifecycle.succeed(token, output);
            again(() => lifecycle.fail(token, { code: 'late', class: 'system', message: 'a second answer' }));
          },
          async fail(token: string, error: Parameters<typeof lifecycle.fail>[1]) {
            await lifecycle.fail(token, error);
            again(() => lifecycle.succeed(token, {}));
          },
        },
      };
    },
  }),
};

/** Header fields that have defaults: who sent messages before there were any left them out. */
const NEW_FIELDS = /"(?:schema_version":1|traceparent":"[^"]*"|ttl":1209600)(?:,|(?=\}))/g;

export const oldSchema: FaultKind = {
  number: 33,
  does: 'messages and journal entries of an older version are under way during a deploy',
  arm: (context) => ({
    // And one of a version that nobody here knows: it must be refused, with its reason, in the journal.
    begin() {
      const { platform, programs } = context.world();
      const [program] = programs.values();
      if (!program) return;
      const runId = runIdOf('default', requestIdOf(program));
      platform.clock.after(context.random.int(3_000), () => {
        context.fired();
        void fromTheFuture(platform, runId);
      });
    },
    async check() {
      const { platform, programs } = context.world();
      const [program] = programs.values();
      const entries = program ? await platform.world.journal.read(runIdOf('default', requestIdOf(program)), 0) : [];
      const refused = entries.some(({ events }) =>
        events.some((event) => event.type === 'message_refused' && event.code === 'message_malformed'),
      );
      return refused ? [] : ['L: a message of an unknown version vanished without a word'];
    },
    ports(ports) {
      const changed: Record<string, unknown> = {};
      const { queues } = ports;
      changed.queues = {
        ...queues,
        send: async (url: string, messages: Parameters<typeof queues.send>[1]) => {
          const sent: (typeof messages)[number][] = [];
          for (const message of messages)
            sent.push(
              context.strikes(0.3) ? { ...message, body: await older(message.body, ports.messageSecurity) } : message,
            );
          return queues.send(url, sent);
        },
      };
      if ('journal' in ports) {
        const { journal } = ports;
        changed.journal = {
          ...journal,
          async append(runId: string, entry: JournalEntry) {
            if (!entry.events.some(namesContracts) || !context.strikes(0.3)) return journal.append(runId, entry);
            // A coordinator of the older version wrote it, and died before it could act.
            const existing = { ...olderEntry(entry), turnId: `${entry.turnId} of an older version` };
            const outcome = await journal.append(runId, existing);
            return outcome.appended ? { appended: false as const, existing } : outcome;
          },
        };
      }
      return { ...ports, ...changed };
    },
  }),
};

/** Signed as an older version signs: what it does not know is not there. */
async function older(body: string, security: MessageSecurity): Promise<string> {
  const end = body.indexOf('},"payload"');
  if (!body.startsWith('{"header":') || end < 0) return body;
  const start = body.slice(0, end).replace(NEW_FIELDS, '').replace(/,$/, '');
  const { signature, ...message } = JSON.parse(`${start}${body.slice(end)}`);
  if (signature === undefined) return JSON.stringify(message);
  const { header, payload } = message;
  const again = await security.sign(header, { form: 'payload', text: JSON.stringify(payload) });
  return JSON.stringify({ header, payload, signature: again });
}

/** Of a version that nobody here knows, but of somebody whom everybody knows. */
async function fromTheFuture(platform: InProcessPlatform, runId: string): Promise<void> {
  const timestamp = new Date(platform.clock.now()).toISOString();
  const header = {
    ...{ message_id: 'from the future', timestamp, schema_version: 2 },
    sender: 'intake',
    message_type: 'wake_run',
  };
  const payload = { run_id: runId };
  const text = JSON.stringify(payload);
  const signature = await platform.securityOf('intake').sign(header, { form: 'payload', text });
  const body = JSON.stringify({ header, payload, signature });
  await platform.queuesOf('intake').send(COORDINATOR, [{ body, groupId: runId, deduplicationId: 'future' }]);
}

const namesContracts = ({ type }: RunEvent): boolean => type === 'run_started' || type === 'tasks_added';

/** Without what the first engine did not write. */
function olderEntry(entry: JournalEntry): JournalEntry {
  const events = entry.events.map((event) => {
    if (!namesContracts(event) || !('contracts' in event)) return event;
    const { contracts: _, ...rest } = event;
    return rest;
  });
  const { hash: _, heard: __, ...older } = entry;
  return { ...older, events };
}
