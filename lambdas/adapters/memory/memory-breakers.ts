import type { BreakerState } from '../../contracts/breaker.ts';
import type { Breakers } from '../../runtime/ports.ts';
import { CLOSED, recordFailure, takeProbe } from '../../workflow/breaker.ts';
import { encodeBreaker } from '../items/breaker-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** Breakers in memory. They answer what was written last: without the second that the ones on AWS may be late. */
export function memoryBreakers(table: MemoryTable): Breakers {
  const breakers = new Map<string, BreakerState>();
  const stateOf = (agent: string): BreakerState => {
    table.billRead(0, true);
    return breakers.get(agent) ?? CLOSED;
  };
  const keep = (agent: string, before: BreakerState, state: BreakerState): void => {
    if (state === before) return;
    table.billWrite(encodeBreaker({ agent, state, version: 1, writer: '' }));
    breakers.set(agent, state);
  };
  return {
    read: async () => {
      table.billRead(0, true);
      return new Map([...breakers].filter(([, state]) => state.open_until !== undefined));
    },
    recordFailure: async (agent, id, at, policy, probe) => {
      const before = stateOf(agent);
      const answer = recordFailure(before, { id, at, probe }, policy);
      keep(agent, before, answer.state);
      return answer;
    },
    close: async (agent) => {
      const before = stateOf(agent);
      if (before.open_until === undefined) return false;
      keep(agent, before, CLOSED);
      return true;
    },
    takeProbe: async (agent, holder, now, until) => {
      const before = stateOf(agent);
      const state = takeProbe(before, holder, now, until);
      if (state) keep(agent, before, state);
      return state !== undefined;
    },
  };
}
