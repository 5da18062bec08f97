import * as z from 'zod';
import { agentSource, type BusEvent } from '../../../lambdas/contracts/bus-events.ts';
import { defineManifest } from '../../../lambdas/contracts/manifest.ts';
import { defineAgent } from '../../../lambdas/runtime/agent.ts';
import { signedBus } from '../../../lambdas/runtime/signing/signed-bus.ts';
import type { World } from './fault.ts';

const NAME = 'sim-planner';
const REQUEST = 'forged-request-';

/** An agent that may begin runs, and never does. */
const PLANNER = defineAgent(
  defineManifest({
    ...{ name: NAME, description: 'plans', errorImpact: 'nothing is planned in a simulation', roles: ['orchestrator'] },
    capabilities: { [`${NAME}.idle`]: { description: 'nothing', input: z.unknown(), output: z.unknown() } },
  }),
  { [`${NAME}.idle`]: () => null },
);
export const deployPlanner = ({ platform }: World): Promise<void> => platform.deploy(PLANNER);

/** Asks for a run in the planner's name: signed by a stranger, or by nobody. */
export async function forgeRequest({ platform }: World, number: number, signed: boolean): Promise<void> {
  const { bus } = platform.world;
  const definition = { name: 'forged', tasks: [{ id: 'a', value: 'forged' }] };
  const detail = { workflow: 'forged', input: {}, definition, request_id: `${REQUEST}${number}`, tenant: 'default' };
  const event: BusEvent = { name: 'workflow_requested', detail };
  const speak = signed ? signedBus(bus, platform.securityOf('stranger')) : bus;
  await speak.publish(agentSource(NAME), [event]);
}

/** Runs that began all the same. */
export async function runsOfForgeries({ platform }: World): Promise<string[]> {
  const runs = await platform.world.runs.list('default', 1_000);
  return runs
    .filter(({ requestId }) => requestId.startsWith(REQUEST))
    .map(({ runId }) => `E: ${runId} was asked for by nobody: its request was forged`);
}
