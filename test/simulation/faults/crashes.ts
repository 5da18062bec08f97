import type { ContainerId } from '../../../lambdas/testing/hooks.ts';
import { PLATFORM_LAMBDA_NAMES } from '../../../lambdas/testing/platform-lambdas.ts';
import type { FaultKind } from './fault.ts';

const PLATFORM: ReadonlySet<string> = new Set(PLATFORM_LAMBDA_NAMES);
const isAgent = (process: string): boolean => !PLATFORM.has(process);

export const poison: FaultKind = {
  number: 8,
  does: 'a message kills the process of whoever works on it, each time',
  arm(context) {
    const poisoned = new Map<string, boolean>();
    return {
      befall({ runId, taskId, attempt }, moment) {
        if (moment !== 'begin' || attempt > 1) return undefined;
        const key = `${runId} ${taskId}`;
        const known = poisoned.get(key);
        const is = known ?? context.strikes(0.2);
        poisoned.set(key, is);
        if (!is) return undefined;
        if (known) context.fired();
        return { dies: true };
      },
    };
  },
};

export const crashBeforeEffect: FaultKind = {
  number: 9,
  does: 'an agent dies before its work takes effect',
  arm: (context) => ({
    befall: ({ effects }, moment) => {
      const before = effects === 'none' ? moment === 'begin' : moment === 'before_effect';
      return before && context.strikes(0.25) ? { dies: true } : undefined;
    },
  }),
};

export const crashAfterEffect: FaultKind = {
  number: 10,
  does: 'an agent dies after the effect, before the record of it or its report',
  arm: (context) => ({
    befall: (_, moment) => (moment === 'after_effect' && context.strikes(0.4) ? { dies: true } : undefined),
    call: ({ process, port, method }) => {
      if (!isAgent(process)) return undefined;
      const record = (port === 'claims' && method === 'settle') || (port === 'queues' && method === 'send');
      return record && context.strikes(0.12) ? { kill: context.random.chance(0.5) ? 'before' : 'after' } : undefined;
    },
  }),
};

export const crashAfterAppend: FaultKind = {
  number: 11,
  does: 'the coordinator dies after it has appended to the journal, before it has sent',
  arm: (context) => ({
    call: ({ process, port, method }) =>
      process === 'coordinator' &&
      (port === 'journal' || port === 'flowJournal') &&
      method === 'append' &&
      context.strikes(0.15)
        ? { kill: 'after' }
        : undefined,
  }),
};

export const crashAnywhere: FaultKind = {
  number: 11,
  does: 'a process dies at any of its calls to the world, before or after it is made',
  arm: (context) => ({
    call: () => (context.strikes(0.01) ? { kill: context.random.chance(0.5) ? 'before' : 'after' } : undefined),
  }),
};

export const zombie: FaultKind = {
  number: 12,
  does: 'a process stands still past the visibility of its messages, then goes on beside its successor',
  arm(context) {
    const frozen = new Map<string, number>();
    const nameOf = ({ process, container }: ContainerId): string => `${process} ${container}`;
    return {
      deliver: () => ({ zombie: true }),
      befall: () => (context.strikes(0.12) ? { stands: context.random.between(20_000, 600_000) } : undefined),
      call(call) {
        const name = nameOf(call);
        const now = context.elapsed();
        const until = frozen.get(name) ?? 0;
        if (until > now) return { delayMs: until - now };
        if (isAgent(call.process) || !context.strikes(0.02)) return undefined;
        const stands = context.random.between(20_000, 300_000);
        frozen.set(name, now + stands);
        return { delayMs: stands };
      },
    };
  },
};

export const backupWins: FaultKind = {
  number: 23,
  does: 'an agent is so slow that its backup wins, and then it answers',
  arm: (context) => ({
    deliver: ({ process }) => (isAgent(process) ? { zombie: true } : undefined),
    befall: ({ effects, attempt }, moment) =>
      effects === 'none' && moment === 'begin' && attempt <= 2 && context.strikes(0.3)
        ? { stands: context.random.between(35_000, 150_000) }
        : undefined,
  }),
};
