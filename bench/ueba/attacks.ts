import type { Observation } from '../../lambdas/contracts/behaviour.ts';
import type { Dice } from './dice.ts';
import { type Fleet, ORCHESTRATOR, SCHEDULER } from './fleet.ts';
import { inOrder, isWeekend, messageOf, refusalOf, runOf } from './traffic.ts';

const HOUR_MS = 3_600_000;
const DAY = 24;

/** Somebody who is up to no good, in the middle of everybody else. */
export interface Attack {
  /** Who does it: `agent#name` or `user#name`. One of them must be found. */
  readonly subjects: readonly string[];
  readonly from: number;
  /** Hours, ends included. */
  readonly until: number;
  /** What the hour is like with it. */
  twist(messages: readonly Observation[], hour: number): readonly Observation[];
}

/** By what was sent by each in an ordinary day: whom an attack is worth it of. */
export interface Ways {
  /** Messages a day. */
  readonly volume: ReadonlyMap<string, number>;
  readonly peers: ReadonlyMap<string, ReadonlySet<string>>;
  readonly types: ReadonlyMap<string, readonly string[]>;
  /** The hour of a working day in which each does most. */
  readonly busiest: ReadonlyMap<string, number>;
}

type Plan = (fleet: Fleet, ways: Ways, dice: Dice, from: number) => Attack;

/** An agent with enough to do that a change of it is one. */
function busyAgent(fleet: Fleet, { volume }: Ways, dice: Dice): string {
  const busy = fleet.agents.filter((agent) => (volume.get(agent) ?? 0) >= 100);
  const busiest = fleet.agents.toSorted((a, b) => (volume.get(b) ?? 0) - (volume.get(a) ?? 0)).slice(0, 1);
  return dice.pick(busy.length > 0 ? busy : busiest);
}

const lasting = (hour: number, from: number, until: number): boolean => hour >= from && hour <= until;
/** About when this agent has most to do. */
const atWork = (agent: string, { busiest }: Ways, from: number): number =>
  workingDay(from) + Math.max(0, (busiest.get(agent) ?? 12) - 1);
/** An hour in which offices are open. */
const inOffice = (from: number, dice: Dice): number => workingDay(from) + dice.whole(9, 14);
const workingDay = (from: number): number => (isWeekend(from) ? workingDay(from + DAY) : from);
const momentIn = (hour: number, dice: Dice): number => (hour + dice.next()) * HOUR_MS;

export const ATTACKS: Readonly<Record<string, Plan>> = {
  /** Takes away far more than its work needs, by the messages that it sends anyway. */
  exfiltration(fleet, ways, dice, begin) {
    const agent = busyAgent(fleet, ways, dice);
    const from = begin + dice.whole(0, 23);
    const until = from + dice.whole(1, 4);
    const factor = dice.between(4, 10);
    const perHour = (ways.volume.get(agent) ?? 60) / DAY;
    const types = ways.types.get(agent) ?? ['export'];
    const peer = dice.pick([...(ways.peers.get(agent) ?? [ORCHESTRATOR])]);
    return {
      ...{ subjects: [`agent#${agent}`], from, until },
      twist: (messages, hour) => {
        if (!lasting(hour, from, until)) return messages;
        const own = messages.filter(({ sender }) => sender === agent).length;
        const more = Math.round(factor * Math.max(own, perHour, 8));
        const stolen = Array.from({ length: more }, () => {
          const step = { sender: agent, receiver: peer, type: dice.pick(types) };
          return messageOf(fleet, step, {
            at: momentIn(hour, dice),
            correlation: `x-${dice.whole(1, more / 4 + 1)}-${hour}`,
            dice,
          });
        });
        return inOrder([...messages, ...stolen]);
      },
    };
  },

  /** A person's account is at work in the middle of the night. */
  odd_hours(fleet, _ways, dice, begin) {
    const user = dice.pick(fleet.users);
    const first = user.hours.working.findIndex((rate) => rate > 0);
    const from = begin + Math.max(0, Math.min(first - 4, dice.whole(0, 3)));
    const until = from + dice.whole(1, 2);
    return {
      ...{ subjects: [`user#${user.name}`], from, until },
      twist: (messages, hour) => {
        if (!lasting(hour, from, until)) return messages;
        const runs = Array.from({ length: dice.whole(3, 8) }, () => {
          const { workflow } = dice.pick(user.asks);
          return fleet.workflows
            .filter(({ name }) => name === workflow)
            .flatMap((one) => runOf(fleet, one, user.name, hour, dice));
        });
        return inOrder([...messages, ...runs.flat()]);
      },
    };
  },

  /** Looks around: speaks to several that it has never had anything to do with. */
  new_peers(fleet, ways, dice, begin) {
    const agent = busyAgent(fleet, ways, dice);
    const known = ways.peers.get(agent) ?? new Set();
    const all = [...fleet.agents, SCHEDULER, 'service-secrets', 'service-export', 'service-admin', 'service-billing'];
    const strangers = dice.some(
      all.filter((one) => one !== agent && !known.has(one)),
      dice.whole(3, 8),
    );
    const from = begin + dice.whole(0, 20);
    const until = from + dice.whole(0, 3);
    const types = ways.types.get(agent) ?? ['lookup'];
    return {
      ...{ subjects: [`agent#${agent}`], from, until },
      twist: (messages, hour) => {
        if (!lasting(hour, from, until)) return messages;
        const mine = strangers.filter((_, i) => from + (i % (until - from + 1)) === hour);
        const asked = mine.flatMap((receiver) =>
          Array.from({ length: dice.whole(2, 6) }, () => {
            const step = { sender: agent, receiver, type: dice.pick(types) };
            return messageOf(fleet, step, { at: momentIn(hour, dice), correlation: `p-${receiver}`, dice });
          }),
        );
        return inOrder([...messages, ...asked]);
      },
    };
  },

  /** As much as ever, but of something else. */
  changed_mix(fleet, ways, dice, begin) {
    const agent = busyAgent(fleet, ways, dice);
    const from = atWork(agent, ways, begin);
    const until = from + dice.whole(5, 11);
    const type = dice.pick(ways.types.get(agent) ?? ['lookup']);
    const share = dice.between(0.5, 0.8);
    return {
      ...{ subjects: [`agent#${agent}`], from, until },
      twist: (messages, hour) =>
        lasting(hour, from, until)
          ? messages.map((message) => (message.sender === agent && dice.chance(share) ? { ...message, type } : message))
          : messages,
    };
  },

  /** The same messages, in another order. */
  changed_sequence(fleet, ways, dice, begin) {
    const agent = busyAgent(fleet, ways, dice);
    const from = atWork(agent, ways, begin);
    const until = from + dice.whole(5, 11);
    return {
      ...{ subjects: [`agent#${agent}`], from, until },
      twist: (messages, hour) => (lasting(hour, from, until) ? reversed(messages, agent) : messages),
    };
  },

  /** Tries what it may not do, until something gives. */
  failure_probing(fleet, ways, dice, begin) {
    const isAgent = dice.chance(0.5);
    const name = isAgent ? busyAgent(fleet, ways, dice) : dice.pick(fleet.users).name;
    const from = isAgent ? begin + dice.whole(0, 20) : inOffice(begin, dice);
    const until = from + dice.whole(1, 3);
    const tries = dice.whole(18, 50);
    const peers = [...(ways.peers.get(name) ?? [ORCHESTRATOR])];
    const types = ways.types.get(name) ?? ['lookup'];
    return {
      ...{ subjects: [isAgent ? `agent#${name}` : `user#${name}`], from, until },
      twist: (messages, hour) => {
        if (!lasting(hour, from, until)) return messages;
        const probes = Array.from({ length: Math.ceil(tries / (until - from + 1)) }, () => {
          const step = { sender: name, receiver: dice.pick(peers), type: dice.pick(types) };
          const user = isAgent ? {} : { user: name };
          return messageOf(fleet, step, { at: momentIn(hour, dice), correlation: `q-${dice.next()}`, dice, ...user });
        });
        return inOrder([...messages, ...probes, ...probes.map(refusalOf)]);
      },
    };
  },

  /** A little more every day. */
  slow_drift(fleet, ways, dice, begin) {
    const agent = busyAgent(fleet, ways, dice);
    const growth = dice.between(0.05, 0.09);
    const until = begin + 24 * DAY - 1;
    return {
      ...{ subjects: [`agent#${agent}`], from: begin, until },
      twist: (messages, hour) => {
        const share = (1 + growth) ** ((hour - begin) / DAY) - 1;
        const own = Map.groupBy(
          messages.filter(({ sender }) => sender === agent),
          ({ correlation_id }) => correlation_id,
        );
        const more = [...own.values()].flatMap((run) =>
          Array.from({ length: dice.poisson(share) }, () => {
            const correlation_id = `d-${dice.next()}`;
            return run.map((message) => ({
              ...message,
              correlation_id,
              message_id: `${correlation_id}-${message.message_id}`,
            }));
          }).flat(),
        );
        return inOrder([...messages, ...more]);
      },
    };
  },

  /** Somebody else uses a person's account: early or late, for other things, and not everything is allowed. */
  credential_misuse(fleet, ways, dice, begin) {
    const user = dice.pick(fleet.users);
    const own = new Set(user.asks.map(({ workflow }) => workflow));
    const strange = fleet.workflows.filter(({ name }) => !own.has(name));
    const workflows = strange.length > 0 ? strange : fleet.workflows;
    const last = user.hours.working.findLastIndex((rate) => rate > 0);
    const from = begin + Math.min(last + dice.whole(2, 4), 23);
    const until = from + dice.whole(2, 4);
    const types = ways.types.get(user.name) ?? ['status.request'];
    return {
      ...{ subjects: [`user#${user.name}`], from, until },
      twist: (messages, hour) => {
        if (!lasting(hour, from, until)) return messages;
        const runs = Array.from({ length: dice.whole(1, 3) }, () =>
          runOf(fleet, dice.pick(workflows), user.name, hour, dice),
        );
        const probes = Array.from({ length: dice.whole(1, 3) }, () => {
          const step = { sender: user.name, receiver: ORCHESTRATOR, type: dice.pick(types) };
          const about = { at: momentIn(hour, dice), correlation: `c-${dice.next()}`, user: user.name, dice };
          return messageOf(fleet, step, about);
        });
        return inOrder([...messages, ...runs.flat(), ...probes, ...probes.map(refusalOf)]);
      },
    };
  },

  /** From one agent to the next: each speaks to one that it never spoke to. */
  lateral_movement(fleet, ways, dice, begin) {
    const chain = chainOf(fleet, ways, dice);
    const from = begin + dice.whole(0, 18);
    const until = from + dice.whole(1, 4);
    return {
      subjects: [...chain.map(({ sender }) => `agent#${sender}`), `tenant#${fleet.tenant}`],
      ...{ from, until },
      twist: (messages, hour) => {
        if (!lasting(hour, from, until)) return messages;
        const hops = chain.filter((_, i) => from + Math.floor((i * (until - from + 1)) / chain.length) === hour);
        const moves = hops.flatMap(({ sender, receiver }) =>
          Array.from({ length: dice.whole(2, 5) }, () => {
            const step = { sender, receiver, type: dice.pick(ways.types.get(sender) ?? ['lookup']) };
            return messageOf(fleet, step, { at: momentIn(hour, dice), correlation: `l-${sender}`, dice });
          }),
        );
        return inOrder([...messages, ...moves]);
      },
    };
  },
};

/** Four to six agents in a row of which none knows the next. */
function chainOf({ agents }: Fleet, { peers }: Ways, dice: Dice): { sender: string; receiver: string }[] {
  const chain: { sender: string; receiver: string }[] = [];
  let sender = dice.pick(agents);
  for (let hops = dice.whole(4, 6); hops > 0; hops--) {
    const visited = new Set(chain.map((hop) => hop.sender));
    const next = agents.filter((one) => one !== sender && !visited.has(one) && !peers.get(sender)?.has(one));
    const receiver = dice.pick(next.length > 0 ? next : [...agents.filter((one) => one !== sender), 'service-admin']);
    chain.push({ sender, receiver });
    sender = receiver;
  }
  return chain;
}

/** In each correlation, what this agent says comes in the opposite order. */
function reversed(messages: readonly Observation[], agent: string): Observation[] {
  const own = Map.groupBy(
    messages.filter(({ sender }) => sender === agent),
    ({ correlation_id }) => correlation_id,
  );
  const types = new Map([...own].map(([correlation, said]) => [correlation, said.map(({ type }) => type)]));
  return messages.map((message) => {
    const left = message.sender === agent ? types.get(message.correlation_id) : undefined;
    const type = left?.pop();
    return type === undefined ? message : { ...message, type };
  });
}
