import type { CallFault, DeliveryFault, Hooks } from '../../lambdas/testing/hooks.ts';
import { FAULTS, type FaultName } from './faults/catalog.ts';
import type { FaultContext, FaultKind, Hand, World } from './faults/fault.ts';
import type { AtWork, Mishap, Moment } from './fleet/stage.ts';
import type { HistoryPlan } from './plan-history.ts';
import type { Random } from './random.ts';

export interface ArmedFaults {
  readonly hooks: Hooks;
  befall(work: AtWork, moment: Moment): Mishap | undefined;
  isDown(): boolean;
  /** Everything is set up: faults may strike. */
  begin(): Promise<void>;
  end(): void;
  fired(): Partial<Record<FaultName, number>>;
  /** What only these faults can break. */
  check(): Promise<string[]>;
  /** Whole services fail: what fails for good is a matter of chance. */
  readonly storms: boolean;
}

/** The faults of a plan, ready to strike until they are ended. */
export function armFaults(plan: HistoryPlan, random: Random, world: () => World): ArmedFaults {
  const fired: Partial<Record<FaultName, number>> = {};
  let isOn = false;
  const hands = plan.faults.map((name): Hand => {
    const kind: FaultKind = FAULTS[name];
    const own = random.fork(name);
    const count = (times = 1): void => {
      fired[name] = (fired[name] ?? 0) + times;
    };
    const context: FaultContext = {
      random: own,
      world,
      elapsed: () => world().platform.clock.now() - world().startedAt,
      isOn: () => isOn,
      fired: count,
      strikes(chance) {
        if (!isOn || !own.chance(chance * plan.strength)) return false;
        count();
        return true;
      },
    };
    return kind.arm(context);
  });
  const having = <K extends keyof Hand>(name: K): Array<NonNullable<Hand[K]>> =>
    hands.flatMap((hand) => {
      const method = hand[name];
      return method ? [method] : [];
    });
  const befalls = having('befall');
  const downs = having('isDown');
  return {
    hooks: hooksOf(having),
    befall(work, moment) {
      for (const befall of befalls) {
        const mishap = befall(work, moment);
        if (mishap) return mishap;
      }
      return undefined;
    },
    isDown: () => downs.some((isDown) => isDown()),
    async begin() {
      isOn = true;
      for (const begin of having('begin')) await begin();
    },
    end() {
      isOn = false;
      for (const end of having('end')) end();
    },
    fired: () => fired,
    check: async () => (await Promise.all(having('check').map((check) => check()))).flat(),
    storms: downs.length > 0,
  };
}

type Having = <K extends keyof Hand>(name: K) => Array<NonNullable<Hand[K]>>;

/** Only what the faults use: a hook that nobody needs would cost every call its time. */
function hooksOf(having: Having): Hooks {
  const calls = having('call');
  const delivers = having('deliver');
  const hopMs = having('hopMs');
  const routes = having('route');
  const skews = having('skewMs');
  const steps = having('step');
  const ports = having('ports');
  return {
    ...(calls.length > 0 && { call: (call) => firstOf(calls, (each): CallFault | undefined => each(call)) }),
    ...(delivers.length > 0 && {
      deliver: (delivery) => {
        const faults = delivers.flatMap((deliver) => deliver(delivery) ?? []);
        return faults.length === 0 ? undefined : Object.assign({} as DeliveryFault, ...faults);
      },
    }),
    ...(hopMs.length > 0 && { hopMs: (queue, sender) => hopMs.reduce((sum, hop) => sum + hop(queue, sender), 0) }),
    ...(routes.length > 0 && {
      route: (type, queue) => routes.map((route) => route(type, queue)).find((fate) => fate !== 'deliver') ?? 'deliver',
    }),
    ...(skews.length > 0 && { skewMs: (container) => skews.reduce((sum, skew) => sum + skew(container), 0) }),
    ...(steps.length > 0 && {
      step: (step) => {
        for (const each of steps) each(step);
      },
    }),
    ...(ports.length > 0 && {
      ports: (own, container) => ports.reduce((wrapped, wrap) => wrap(wrapped, container), own),
    }),
  };
}

function firstOf<F, T>(list: readonly F[], ask: (each: F) => T | undefined): T | undefined {
  for (const each of list) {
    const found = ask(each);
    if (found !== undefined) return found;
  }
  return undefined;
}
