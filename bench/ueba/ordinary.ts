import type { Dice } from './dice.ts';
import { type Fleet, ORCHESTRATOR, type Step, type Workflow } from './fleet.ts';
import { type Circumstances, isWeekend } from './traffic.ts';

/** A stretch of an ordinary life: the fleet as it is in this hour, and what is special about it. */
export interface Ordinary {
  readonly days: number;
  fleetAt(hour: number): Fleet;
  circumstancesAt(hour: number): Circumstances;
  /** What is deployed in this hour: agents whose ways change. */
  deployedAt?(hour: number): readonly string[];
}

const DAY = 24;

/** People stay late now and then: of anybody's working days, so many. */
export function lateEvenings(fleet: Fleet, dice: Dice, from: number, days: number): Map<number, Map<string, number>> {
  const atWork = new Map<number, Map<string, number>>();
  for (const { name, hours } of fleet.users) {
    const last = hours.working.findLastIndex((rate) => rate > 0.5);
    for (let day = 0; day < days; day++) {
      const midnight = from + day * DAY;
      if (isWeekend(midnight) || !dice.chance(0.04)) continue;
      for (let more = dice.whole(1, 3); more > 0; more--) {
        const hour = midnight + last + more;
        const known = atWork.get(hour) ?? new Map<string, number>();
        atWork.set(hour, known.set(name, dice.between(0.5, 2)));
      }
    }
  }
  return atWork;
}

const NOTHING: Circumstances = {};

/** What an ordinary week may bring beside its rhythm. Each is a variant of the week that follows what was learned. */
export const ORDINARY: Readonly<Record<string, (fleet: Fleet, dice: Dice, from: number) => Ordinary>> = {
  steady: (fleet, dice, from) => withEvenings(fleet, dice, from, {}),

  growth: (fleet, dice, from) => {
    const more = 1 + dice.between(0.02, 0.04);
    return withEvenings(fleet, dice, from, { circumstancesAt: (hour) => ({ demand: more ** ((hour - from) / DAY) }) });
  },

  holiday: (fleet, dice, from) => {
    const day = dice.whole(0, 4);
    const share = dice.between(0.1, 0.3);
    return withEvenings(fleet, dice, from, {
      circumstancesAt: (hour) => (Math.floor((hour - from) / DAY) === day ? { demand: share } : NOTHING),
    });
  },

  campaign: (fleet, dice, from) => {
    const begin = from + dice.whole(0, 5) * DAY + dice.whole(8, 12);
    const hours = dice.whole(4, 10);
    const demand = dice.between(1.3, 1.8);
    return withEvenings(fleet, dice, from, {
      circumstancesAt: (hour) => (hour >= begin && hour < begin + hours ? { demand } : NOTHING),
    });
  },

  incident: (fleet, dice, from) => {
    const begin = from + dice.whole(0, 5) * DAY + dice.whole(0, 20);
    const hours = dice.whole(1, 4);
    const failing = {
      share: dice.between(0.2, 0.7),
      agents: new Set(dice.some(fleet.agents, Math.ceil(fleet.agents.length * dice.between(0.6, 1)))),
    };
    return withEvenings(fleet, dice, from, {
      circumstancesAt: (hour) => (hour >= begin && hour < begin + hours ? { failing } : NOTHING),
    });
  },

  deploy: (fleet, dice, from) => {
    const at = from + dice.whole(0, 4) * DAY + dice.whole(8, 16);
    const { after, agents } = dice.chance(0.5) ? withNewAgent(fleet, dice) : withNewWays(fleet, dice);
    return withEvenings(fleet, dice, from, {
      fleetAt: (hour) => (hour < at ? fleet : after),
      deployedAt: (hour) => (hour === at ? agents : []),
    });
  },

  new_interest: (fleet, dice, from) => {
    const at = from + dice.whole(0, 3) * DAY;
    const user = dice.pick(fleet.users);
    const others = fleet.workflows.filter(
      (one) => isInUse(fleet, one) && !user.asks.some(({ workflow }) => workflow === one.name),
    );
    if (others.length === 0) return withEvenings(fleet, dice, from, {});
    const asks = [...user.asks, { workflow: dice.pick(others).name, share: dice.between(0.05, 0.15) }];
    const after = { ...fleet, users: fleet.users.map((one) => (one === user ? { ...one, asks } : one)) };
    return withEvenings(fleet, dice, from, { fleetAt: (hour) => (hour < at ? fleet : after) });
  },
};

/** What nobody has ever run is no ordinary thing to run. */
function isInUse({ users }: Fleet, { name, own }: Workflow): boolean {
  return (
    own.working.some((rate) => rate > 0) || users.some(({ asks }) => asks.some(({ workflow }) => workflow === name))
  );
}

function withEvenings(fleet: Fleet, dice: Dice, from: number, more: Partial<Ordinary>): Ordinary {
  const days = 7;
  const late = lateEvenings(fleet, dice, from, days);
  const { circumstancesAt = () => NOTHING, ...rest } = more;
  return {
    days,
    fleetAt: () => fleet,
    ...rest,
    circumstancesAt: (hour) => {
      const atWork = late.get(hour);
      return atWork ? { ...circumstancesAt(hour), atWork } : circumstancesAt(hour);
    },
  };
}

/** A workflow gets another step, done by an agent that was not there before. */
function withNewAgent(fleet: Fleet, dice: Dice): { after: Fleet; agents: string[] } {
  const workflow = dice.pick(fleet.workflows);
  const agent = `agent-${fleet.agents.length + 1}`;
  const more: Step[] = [
    { sender: ORCHESTRATOR, receiver: agent, type: 'task_assignment', often: 1 },
    { sender: agent, receiver: 'service-store', type: `${agent}.store`, often: 1 },
    { sender: agent, receiver: ORCHESTRATOR, type: `${workflow.name}.result`, often: 1 },
  ];
  return changed(fleet, workflow, [...workflow.steps, ...more], [agent]);
}

/** An agent says something new in a workflow, and in another order. */
function withNewWays(fleet: Fleet, dice: Dice): { after: Fleet; agents: string[] } {
  const workflow = dice.pick(fleet.workflows);
  const agent = dice.pick(workflow.steps.filter(({ sender }) => sender !== ORCHESTRATOR)).sender;
  const own = workflow.steps.findIndex(({ sender }) => sender === agent);
  const fresh: Step = { sender: agent, receiver: 'service-audit', type: `${agent}.audit`, often: 1 };
  const steps = [...workflow.steps.slice(0, own + 1), fresh, ...workflow.steps.slice(own + 1)];
  return changed(fleet, workflow, steps, []);
}

/** Whoever takes part in a workflow that was deployed anew may behave in new ways. */
function changed(fleet: Fleet, workflow: Workflow, steps: readonly Step[], fresh: readonly string[]) {
  const workflows = fleet.workflows.map((one) => (one === workflow ? { ...workflow, steps } : one));
  const agents = [...new Set(steps.map(({ sender }) => sender))];
  return { after: { ...fleet, workflows, agents: [...fleet.agents, ...fresh] }, agents };
}
