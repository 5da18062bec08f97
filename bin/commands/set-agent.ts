import { setTimeout as sleep } from 'node:timers/promises';
import { BUS_EVENTS } from '../../lambdas/contracts/bus-events.ts';
import { issuesOf } from '../../lambdas/contracts/errors.ts';
import { type AgentHealth, isInPool } from '../../lambdas/contracts/health.ts';
import { didYouMean } from '../../lambdas/workflow/definition.ts';
import { CliError } from '../cli-error.ts';
import { publish } from '../cloud/request-run.ts';
import { pauseOf } from '../cloud/run-reader.ts';
import { type Session, withSession } from '../cloud/session.ts';
import { actor } from './json-argument.ts';
import { type GlobalOptions, print } from './options.ts';

export interface SetAgentOptions {
  readonly reason: string;
  readonly as?: string;
}

const WAIT_MS = 20_000;

/** `muster agents set NAME STATE`: takes an agent out of the pool, or puts it back, and waits until that is so. */
export function setAgent(name: string, state: string, options: SetAgentOptions, globals: GlobalOptions): Promise<void> {
  const detail = BUS_EVENTS.agent_state_requested.safeParse({
    agent: name,
    state,
    reason: options.reason,
    requested_by: actor(options.as),
  });
  if (!detail.success) {
    throw new CliError(`this can't be asked for: ${issuesOf(detail.error)}`, 'see "muster agents set --help"');
  }
  const wanted = detail.data;
  return withSession(globals.stage, async (session) => {
    const names = (await session.registry.agents()).map((agent) => agent.name);
    if (!names.includes(name)) {
      throw new CliError(`no agent is called "${name}"${didYouMean(name, names)}`, 'list them with "muster agents"');
    }
    await publish(session, 'agent_state_requested', wanted);
    const health = await untilSet(session, wanted.agent, (now) => isSet(now, wanted));
    if (!health) {
      const next = 'look again with "muster agents"; the monitor writes it there, and its log says why it has not';
      throw new CliError(`${name} is not ${state} yet`, next);
    }
    const pool = isInPool(health.state) ? 'in the pool' : 'out of the pool: nothing new is sent to it';
    print(`${name} is ${health.state}, ${pool}`);
  });
}

/** True when an agent's health is what a person asked for: back in the pool, or in this state because of that person. */
export function isSet(
  health: AgentHealth | undefined,
  wanted: { readonly state: AgentHealth['state']; readonly requested_by: string },
): boolean {
  if (!health) return false;
  if (wanted.state === 'ready') return isInPool(health.state);
  return health.state === wanted.state && health.set_by === wanted.requested_by;
}

async function untilSet(
  session: Session,
  name: string,
  isSoNow: (health: AgentHealth | undefined) => boolean,
): Promise<AgentHealth | undefined> {
  const end = Date.now() + WAIT_MS;
  while (Date.now() < end) {
    await sleep(pauseOf(session));
    const health = (await session.registry.agents()).find((agent) => agent.name === name)?.load?.health;
    if (health && isSoNow(health)) return health;
  }
  return undefined;
}
