import type { JournalEntry } from '../../../lambdas/workflow/journal.ts';
import { AGENTS } from '../programs/plan.ts';
import { FORGED, FORGED_MARK } from '../programs/work-result.ts';
import type { FaultKind } from './fault.ts';

const NAMES = Object.values(AGENTS).flat();

const IMPOSTORS = 'forged ';
export const isImpostors = (messageId: string): boolean => messageId.startsWith(IMPOSTORS);

/** Attack 8 of the matrix, since no fault of transport makes anybody lie about who they are (rule 11). */
export const impostor: FaultKind = {
  number: 8,
  does: 'an agent reports on tasks that others hold, in its own name and in theirs',
  arm: (context) => ({
    call({ process, port, method, args }) {
      if (process !== 'coordinator' || port !== 'journal' || method !== 'append') return undefined;
      const [runId, entry] = args as [string, JournalEntry];
      for (const event of entry.events) {
        if (event.type !== 'tasks_dispatched' || !context.strikes(0.3)) continue;
        const liar = context.random.pick(NAMES.filter((name) => name !== event.agent));
        const how = context.random.pick(['own name', 'their payload', 'their header'] as const);
        const sender = how === 'their header' ? event.agent : liar;
        const agent = how === 'own name' ? liar : event.agent;
        const { platform } = context.world();
        const lie = async (): Promise<void> => {
          const entries = await platform.world.journal.read(runId, 0);
          // Another writer may have been first, and the task may have gone to the liar: then it is no lie.
          if (!entries.some(({ turnId }) => turnId === entry.turnId)) return;
          const ids = taskIdsOf(entries.filter(({ seq }) => seq <= entry.seq));
          const updates = event.tasks.map((index) => ({
            ...{ status: 'completed', task_id: ids[index] ?? 'unknown', attempt: event.attempt },
            ...{ result: { value: { v: FORGED, vote: 'yes' } }, duration_ms: 1 },
          }));
          const header = {
            ...{
              message_id: `${IMPOSTORS}${context.random.next()}`,
              correlation_id: FORGED_MARK,
              timestamp: new Date(platform.clock.now()).toISOString(),
            },
            ...{
              sender,
              receiver: 'coordinator',
              message_type: 'status_update',
              priority: 2,
              ttl: 1_209_600,
              tenant: 'default',
              schema_version: 1,
            },
          };
          const payload = { run_id: runId, agent, updates };
          // With the only key that it has: its own.
          const text = JSON.stringify(payload);
          const signature = await platform
            .securityOf(liar)
            .sign({ ...header, sender: liar }, { form: 'payload', text });
          const body = JSON.stringify({ header, payload, signature });
          const message = { body, groupId: runId, deduplicationId: `forged ${context.random.next()}` };
          await platform.queuesOf(liar).send('memory://coordinator.fifo', [message]);
        };
        platform.clock.after(1, () => void lie());
      }
      return undefined;
    },
  }),
};

/** Ids of a run's tasks by their place, as far as its entries name them; those of a forEach are not looked for. */
function taskIdsOf(entries: readonly JournalEntry[]): string[] {
  const ids: string[] = [];
  for (const { events } of entries) {
    for (const event of events) {
      if (event.type === 'run_started' && 'value' in event.definition)
        ids.push(...event.definition.value.tasks.map(({ id }) => id));
      else if ((event.type === 'tasks_added' || event.type === 'tasks_delegated') && 'value' in event.tasks)
        ids.push(...event.tasks.value.map(({ id }) => id));
      else if (event.type === 'items_expanded' && 'value' in event.items) ids.push(...event.items.value.map(() => '?'));
    }
  }
  return ids.filter((id) => id !== '');
}
