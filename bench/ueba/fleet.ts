import type { Dice } from './dice.ts';

/** A message that a workflow sends, always in this order. */
export interface Step {
  readonly sender: string;
  readonly receiver: string;
  readonly type: string;
  /** How often it is sent; some are left out now and then. */
  readonly often: number;
}

/** When there is demand: by hour of the day (UTC), for working days and weekends. */
export interface Rhythm {
  readonly working: readonly number[];
  readonly weekend: readonly number[];
}

export interface Workflow {
  readonly name: string;
  readonly steps: readonly Step[];
  /** Runs per hour that nobody asks for: schedules and machines. */
  readonly own: Rhythm;
}

export interface User {
  readonly name: string;
  readonly hours: Rhythm;
  /** What it asks for, by preference. */
  readonly asks: readonly { readonly workflow: string; readonly share: number }[];
}

/** A tenant's agents, workflows and people. */
export interface Fleet {
  readonly tenant: string;
  readonly agents: readonly string[];
  readonly workflows: readonly Workflow[];
  readonly users: readonly User[];
  /** More each day, all of it. */
  readonly growth: number;
  /** How uneven hours are. */
  readonly unrest: number;
  readonly failing: number;
  /** How much each day of the week differs. */
  readonly weekdays: readonly number[];
}

export const ORCHESTRATOR = 'orchestrator';
export const SCHEDULER = 'scheduler';
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** A fleet that nobody has seen before. */
export function fleetOf(dice: Dice, tenant: string): Fleet {
  const agents = Array.from({ length: dice.whole(6, 10) }, (_, i) => `agent-${i + 1}`);
  const scale = Math.exp(dice.between(Math.log(0.6), Math.log(2.5)));
  const workflows = Array.from({ length: dice.whole(4, 7) }, (_, i) => workflowOf(dice, `wf-${i + 1}`, agents, scale));
  const users = Array.from({ length: dice.whole(5, 9) }, (_, i) => userOf(dice, `user-${i + 1}`, workflows, scale));
  return {
    ...{ tenant, agents, workflows, users },
    growth: dice.between(0, 0.012),
    unrest: dice.between(0.12, 0.3),
    failing: dice.between(0.003, 0.02),
    weekdays: [dice.between(0.8, 1), ...Array.from({ length: 5 }, () => dice.between(0.85, 1.2)), dice.between(0.8, 1)],
  };
}

function workflowOf(dice: Dice, name: string, agents: readonly string[], scale: number): Workflow {
  const taking = dice.some(agents, dice.whole(2, 4));
  const steps = taking.flatMap((agent) => scriptOf(dice, name, agent, agents));
  const kind = dice.pick(['office', 'steady', 'nightly', 'none'] as const);
  const rate = scale * dice.between(2, 8);
  const at = dice.whole(0, 4);
  const demand = (hour: number, weekend: boolean): number => {
    if (kind === 'none') return 0;
    if (kind === 'nightly') return hour === at || hour === at + 1 ? 3 * rate : 0;
    if (kind === 'steady') return rate * (0.7 + 0.3 * Math.sin(((hour - 8) / 24) * 2 * Math.PI));
    return officeHours(hour, 8, 18) * rate * (weekend ? 0.15 : 1);
  };
  return { name, steps, own: rhythm(demand) };
}

/** What an agent does when its turn comes: takes the task, asks others or writes down what it does, and reports. */
function scriptOf(dice: Dice, workflow: string, agent: string, agents: readonly string[]): Step[] {
  const kinds = ['lookup', 'store', 'notify', 'transform', 'validate', 'enrich'];
  const others = agents.filter((one) => one !== agent);
  const inner = dice.some(kinds, dice.whole(1, 3)).flatMap((kind): Step[] => {
    const peer = dice.chance(0.4) ? dice.pick(others) : `service-${kind}`;
    const often = dice.chance(0.3) ? dice.between(0.4, 0.9) : 1;
    return [{ sender: agent, receiver: peer, type: `${agent}.${kind}`, often }];
  });
  return [
    { sender: ORCHESTRATOR, receiver: agent, type: 'task_assignment', often: 1 },
    { sender: agent, receiver: ORCHESTRATOR, type: `${workflow}.accepted`, often: 1 },
    ...inner,
    { sender: agent, receiver: ORCHESTRATOR, type: `${workflow}.result`, often: 1 },
  ];
}

function userOf(dice: Dice, name: string, workflows: readonly Workflow[], scale: number): User {
  const from = dice.whole(6, 10);
  const until = from + dice.whole(7, 10);
  const rate = Math.sqrt(scale) * dice.between(1, 6);
  const weekend = dice.chance(0.2) ? 0.2 : 0.01;
  const asks = dice
    .some(workflows, dice.whole(1, 3))
    .map(({ name: workflow }) => ({ workflow, share: dice.between(0.2, 1) }));
  return {
    ...{ name, asks },
    hours: rhythm((hour, isWeekend) => officeHours(hour, from, until) * rate * (isWeekend ? weekend : 1)),
  };
}

/** Full between, a little around the edges, and a lunch break. */
function officeHours(hour: number, from: number, until: number): number {
  if (hour === from - 1 || hour === until) return 0.15;
  if (hour < from || hour > until) return 0;
  return hour === from + 4 ? 0.6 : 1;
}

const rhythm = (demand: (hour: number, weekend: boolean) => number): Rhythm => ({
  working: HOURS.map((hour) => demand(hour, false)),
  weekend: HOURS.map((hour) => demand(hour, true)),
});
