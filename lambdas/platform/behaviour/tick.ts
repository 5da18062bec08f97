import type { TickPorts } from './behaviour-ports.ts';

/** Says of every chain that time has passed: hours end without messages too, and a note that was lost is made up for. */
export async function tick({ auditStore, queues, behaviourQueue, clock }: TickPorts): Promise<{ chains: number }> {
  const heads = await auditStore.heads();
  const minute = Math.floor(clock.now() / 60_000);
  const messages = heads.map(({ chain }) => ({
    ...{ body: JSON.stringify({ chain }), groupId: chain },
    deduplicationId: `tick/${chain}/${minute}`,
  }));
  if (messages.length > 0) await queues.send(behaviourQueue, messages);
  return { chains: heads.length };
}
