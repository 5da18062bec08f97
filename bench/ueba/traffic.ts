import type { Observation } from '../../lambdas/contracts/behaviour.ts';
import type { Dice } from './dice.ts';
import { type Fleet, ORCHESTRATOR, type Rhythm, SCHEDULER, type Step, type User, type Workflow } from './fleet.ts';

const HOUR_MS = 3_600_000;

/** What is special about an hour; each may do without. */
export interface Circumstances {
  /** Of all demand. */
  readonly demand?: number;
  /** Of these agents' messages: an outage. */
  readonly failing?: { readonly share: number; readonly agents: ReadonlySet<string> };
  /** These users are at work though they are not. */
  readonly atWork?: ReadonlyMap<string, number>;
}

export const isWeekend = (hour: number): boolean => weekdayOf(hour) % 6 === 0;
export const weekdayOf = (hour: number): number => (Math.floor(hour / 24) + 4) % 7;
const demandOf = ({ working, weekend }: Rhythm, hour: number): number =>
  (isWeekend(hour) ? weekend : working)[hour % 24] ?? 0;

/** All messages of a fleet in an hour, in order. @param day since the fleet began, for its growth */
export function trafficOf(fleet: Fleet, hour: number, day: number, dice: Dice, now: Circumstances = {}): Observation[] {
  const level =
    (1 + fleet.growth) ** day * (fleet.weekdays[weekdayOf(hour)] ?? 1) * dice.noise(fleet.unrest) * (now.demand ?? 1);
  const told: Observation[] = [];
  for (const workflow of fleet.workflows) {
    for (let runs = dice.poisson(demandOf(workflow.own, hour) * level); runs > 0; runs--)
      told.push(...runOf(fleet, workflow, undefined, hour, dice, now));
  }
  for (const user of fleet.users) {
    const extra = now.atWork?.get(user.name) ?? 0;
    const mean = demandOf(user.hours, hour) * level * dice.noise(0.25) + extra;
    for (let runs = dice.poisson(mean); runs > 0; runs--)
      told.push(...runOf(fleet, askedBy(fleet, user, dice), user.name, hour, dice, now));
    told.push(...refusedNowAndThen(fleet, user, hour, dice, mean));
  }
  return inOrder(told);
}

export const inOrder = (told: readonly Observation[]): Observation[] => told.toSorted((a, b) => a.at - b.at);

function askedBy({ workflows }: Fleet, { asks }: User, dice: Dice): Workflow {
  let left = dice.next() * asks.reduce((sum, { share }) => sum + share, 0);
  const asked =
    asks.find(({ share }) => {
      left -= share;
      return left < 0;
    }) ?? asks[0];
  const workflow = workflows.find(({ name }) => name === asked?.workflow);
  if (!workflow) throw new Error(`nobody knows the workflow ${asked?.workflow}`);
  return workflow;
}

/** One run of a workflow: who asked, and what its agents said to each other. */
export function runOf(
  fleet: Fleet,
  { name, steps }: Workflow,
  user: string | undefined,
  hour: number,
  dice: Dice,
  now: Circumstances = {},
): Observation[] {
  const correlation = `${name}-${Math.floor(dice.next() * 1e15)}`;
  const asking: Step = { sender: user ?? SCHEDULER, receiver: ORCHESTRATOR, type: `${name}.request`, often: 1 };
  let at = (hour + dice.next()) * HOUR_MS;
  const end = (hour + 1) * HOUR_MS - 1;
  return [asking, ...steps].flatMap((step): Observation[] => {
    if (step.often < 1 && !dice.chance(step.often)) return [];
    at = Math.min(end, at + dice.between(50, 4_000));
    const outage = now.failing?.agents.has(step.sender) ? now.failing.share : 0;
    const outcome = dice.chance(Math.max(fleet.failing, outage)) ? ('failed' as const) : ('ok' as const);
    return [messageOf(fleet, step, { at, correlation, outcome, dice, ...(user !== undefined && { user }) })];
  });
}

interface About {
  readonly at: number;
  readonly correlation: string;
  readonly outcome?: Observation['outcome'];
  readonly user?: string;
  readonly dice: Dice;
}

export function messageOf(
  { tenant }: Fleet,
  { sender, receiver, type }: Omit<Step, 'often'>,
  { at, correlation, outcome = 'ok', user, dice }: About,
): Observation {
  return {
    at: Math.floor(at),
    message_id: `m-${Math.floor(dice.next() * 1e15)}`,
    correlation_id: correlation,
    ...{ tenant, action: 'published', sender, receiver, type, outcome },
    ...(user !== undefined && { user }),
  };
}

/** What a receiver answers to a message that it does not take. */
export function refusalOf(message: Observation): Observation {
  return {
    ...message,
    message_id: `${message.message_id}-r`,
    at: message.at + 5,
    action: 'consumed',
    outcome: 'refused',
  };
}

/** A mistyped id, a right that somebody thought they had: now and then, and then several times in a row. */
function refusedNowAndThen(fleet: Fleet, { name: user }: User, hour: number, dice: Dice, mean: number): Observation[] {
  if (!dice.chance(Math.min(0.5, mean * 0.004))) return [];
  return Array.from({ length: dice.whole(1, 4) }, () => {
    const at = (hour + dice.next()) * HOUR_MS;
    const step = { sender: user, receiver: ORCHESTRATOR, type: 'status.request' };
    return refusalOf(messageOf(fleet, step, { at, correlation: `r-${dice.next()}`, user, dice }));
  });
}
