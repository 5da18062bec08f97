import type { FaultKind } from './fault.ts';

/** Half of five minutes: two clocks are at most that far apart. */
const HALF_MS = 150_000;

export const clocks: FaultKind = {
  number: 30,
  does: 'clocks of processes are up to five minutes apart',
  arm: (context) => ({
    skewMs({ process, container }) {
      if (!context.isOn()) return 0;
      const random = context.random.fork(`${process} ${container}`);
      const skew = random.pick([-HALF_MS, 0, HALF_MS, random.between(-HALF_MS, HALF_MS)]);
      if (skew !== 0) context.fired();
      return skew;
    },
    // Clocks are set right with the next cold start.
    end() {
      for (const process of context.world().platform.processes.values()) process.kill();
    },
  }),
};

export const retryStorm: FaultKind = {
  number: 25,
  does: 'what everybody depends on is down for a while: every task fails',
  arm(context) {
    const until = context.random.between(20_000, 240_000);
    return {
      isDown() {
        if (!context.isOn() || context.elapsed() > until) return false;
        context.fired();
        return true;
      },
    };
  },
};

/** Like a retry storm that comes and goes, with several runs that want to know whether it is over. */
export const breakerRace: FaultKind = {
  number: 22,
  does: 'several runs race for the one probe of a half-open breaker',
  arm(context) {
    const until = context.random.between(15_000, 150_000);
    const leases = new Map<string, { holder: string; until: number }>();
    const faults: string[] = [];
    return {
      isDown: () => context.isOn() && context.elapsed() < until,
      // So that several coordinators are at it at the same time.
      hopMs: (queue) => (queue.endsWith('.fifo') && context.isOn() ? context.random.int(300) : 0),
      call: ({ port, method }) =>
        port === 'breakers' && method === 'takeProbe' ? { delayMs: context.random.int(3_000) } : undefined,
      ports(ports) {
        if (!('breakers' in ports)) return ports;
        const { breakers } = ports;
        return {
          ...ports,
          breakers: {
            ...breakers,
            async takeProbe(agent: string, holder: string, now: number, leaseUntil: number) {
              const before = leases.get(agent);
              const taken = await breakers.takeProbe(agent, holder, now, leaseUntil);
              if (!taken) context.fired();
              // Who holds it already is told so, and keeps it no longer for that.
              else if (!before || before.until <= now) leases.set(agent, { holder, until: leaseUntil });
              else if (before.holder !== holder)
                faults.push(`B: ${holder} and ${before.holder} probe ${agent} at the same time`);
              return taken;
            },
            async close(agent: string) {
              leases.delete(agent);
              return breakers.close(agent);
            },
            async recordFailure(...args: Parameters<typeof breakers.recordFailure>) {
              if (args[4]) leases.delete(args[0]);
              return breakers.recordFailure(...args);
            },
          },
        };
      },
      check: () => faults,
    };
  },
};
