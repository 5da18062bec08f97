import type { RegisteredAgent } from '../../../lambdas/contracts/registry.ts';
import type { JournalEntry } from '../../../lambdas/workflow/journal.ts';
import type { FaultContext, FaultKind } from './fault.ts';
import { copied } from './transport.ts';

/** Calls that change something, so that a lost answer matters. */
const WRITES: Readonly<Record<string, ReadonlySet<string>>> = {
  journal: new Set(['append', 'writeSnapshot', 'archive']),
  flowJournal: new Set(['append', 'writeSnapshot']),
  flowDirectory: new Set(['note', 'forget']),
  runs: new Set(['create', 'setStatus', 'setWake', 'setArchived']),
  queues: new Set(['send']),
  bus: new Set(['publish', 'publishToChannel']),
  claims: new Set(['claim', 'settle']),
  ledger: new Set(['append']),
  lifecycle: new Set(['start', 'succeed', 'fail']),
  parkingLot: new Set(['park']),
  breakers: new Set(['recordFailure', 'close', 'takeProbe']),
  heartbeats: new Set(['record']),
  resultCache: new Set(['put']),
  blobs: new Set(['put']),
  auditStore: new Set(['put', 'advance', 'noteAnchor']),
};

export const lostAnswer: FaultKind = {
  number: 13,
  does: 'a write succeeds, but its answer is an error',
  arm: (context) => ({
    call: ({ port, method }) => (WRITES[port]?.has(method) && context.strikes(0.06) ? { fail: 'after' } : undefined),
  }),
};

/** One partition is hot for a while. */
export const throttling: FaultKind = {
  number: 14,
  does: 'a service throttles for a while: its calls are refused',
  arm(context) {
    let until = -1;
    let victim = '';
    return {
      call({ port, method }) {
        const now = context.elapsed();
        if (now > until && context.strikes(0.004)) {
          until = now + context.random.between(500, 60_000);
          victim = port;
        }
        if (port !== victim || now > until || !context.isOn() || method === 'extend') return undefined;
        if (!context.random.chance(0.7)) return undefined;
        context.fired();
        return { fail: 'before' };
      },
    };
  },
};

type Refused = { type: 'message_refused'; messageId: string; code: string; reason: string };

const isJournal = (port: string): boolean => port === 'journal' || port === 'flowJournal';

/** Another writer takes the number that the coordinator wanted. */
function rivalEntry<E>(entry: JournalEntry<E>, random: FaultContext['random']): JournalEntry<Refused> {
  const messageId = `rival ${random.next()}`;
  const refused = { type: 'message_refused', messageId, code: 'rival', reason: 'another writer was here' } as const;
  // One that chains nothing, as versions of before there was an audit: readers compute the hash.
  return { seq: entry.seq, at: entry.at, turnId: messageId, confirmed: entry.confirmed, events: [refused] };
}

export const conflict: FaultKind = {
  number: 15,
  does: 'a competing writer appends to the journal first',
  arm: (context) => ({
    call({ process, port, method, args }) {
      if (process !== 'coordinator' || !isJournal(port) || method !== 'append' || !context.strikes(0.15))
        return undefined;
      const [runId, entry] = args as [string, JournalEntry];
      // Nobody writes before the run has begun but its own messages.
      const { journal, flowJournal } = context.world().platform.world;
      const rival = rivalEntry(entry, context.random);
      void (port === 'journal' ? journal.append(runId, rival) : flowJournal.append(runId, rival)).catch(
        () => undefined,
      );
      return undefined;
    },
  }),
};

export const twoCoordinators: FaultKind = {
  number: 16,
  does: 'two coordinators work on one run at the same time, one of them slowly',
  arm: (context) => ({
    deliver(delivery) {
      if (delivery.process !== 'coordinator' || delivery.copy > 1 || !context.strikes(0.4)) return undefined;
      return copied(delivery, [context.random.int(2_000)]);
    },
    call({ process, port, method }) {
      if (process !== 'coordinator' || port === 'queues' || !context.isOn()) return undefined;
      if (!['append', 'read', 'put', 'setStatus', 'publish'].includes(method) || !context.random.chance(0.15))
        return undefined;
      return { delayMs: context.random.int(3_000) };
    },
  }),
};

export const staleReads: FaultKind = {
  number: 17,
  does: 'indexes and registry answer from a while ago, and expired rows are still there',
  arm(context) {
    let registered: readonly RegisteredAgent[] | undefined;
    const ended = new Set<string>();
    return {
      ports(ports) {
        const stale: Record<string, unknown> = {};
        if ('registry' in ports) {
          const { registry } = ports;
          stale.registry = {
            ...registry,
            async agents() {
              const now = await registry.agents();
              if (registered && context.strikes(0.3)) return registered;
              if (!registered || context.random.chance(0.2)) registered = now;
              return now;
            },
          };
        }
        if ('runs' in ports) {
          const { runs } = ports;
          stale.runs = {
            ...runs,
            async overdue(now: number, limit: number) {
              const found = await runs.overdue(now, limit);
              const more = context.strikes(0.5) ? [...ended].filter((id) => !found.includes(id)) : [];
              for (const id of found) ended.add(id);
              return [...found, ...more].slice(0, limit);
            },
          };
        }
        if ('heartbeats' in ports) {
          const { heartbeats } = ports;
          stale.heartbeats = {
            ...heartbeats,
            async of(runId: string) {
              const beats = await heartbeats.of(runId);
              return context.strikes(0.3)
                ? new Map([...beats].map(([id, beat]) => [id, { ...beat, at: beat.at - 15_000 }]))
                : beats;
            },
          };
        }
        return { ...ports, ...stale };
      },
    };
  },
};
