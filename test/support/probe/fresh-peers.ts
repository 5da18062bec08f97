import { setTimeout as sleep } from 'node:timers/promises';
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import type { RegisteredAgent } from '../../../lambdas/contracts/registry.ts';
import type { TestCloud } from '../local-cloud/test-cloud.ts';
import type { ProbeRuns } from './probe-runs.ts';

/** The peers, from the cheapest and fastest on, and how long each works at its first task, ms. */
const FIRST_WORK = { 'probe-alpha': 0, 'probe-beta': 25, 'probe-gamma': 60 };
export const PEERS = Object.keys(FIRST_WORK);

/**
 * Makes the peers' past and load what a test can know, whatever other tests have done: new processes, whose figures
 * come from one task each, and empty inboxes, as measured now.
 */
export async function freshenPeers(probe: ProbeRuns): Promise<void> {
  const { cloud } = probe;
  const { aws } = cloud.session;
  for (const name of ['ProbeAlpha', 'ProbeBeta', 'ProbeGamma']) cloud.killWorkers(name);
  const peers = await registeredPeers(cloud);
  for (const QueueUrl of peers.flatMap(({ inbox }) => Object.values(inbox)))
    await aws.sqs.send(new PurgeQueueCommand({ QueueUrl }));
  const since = Date.now();
  await probe.run(
    Object.entries(FIRST_WORK).map(([agent, ms]) => ({
      ...{ id: agent, type: 'probe.shared', agent },
      input: { work: { ms } },
    })),
  );
  const isFresh = ({ load }: RegisteredAgent): boolean => Date.parse(load?.stats?.last_activity ?? '') >= since;
  await cloud.eventually(async () => (await registeredPeers(cloud)).every(isFresh));
  await cloud.invoke('MonitorSchedule');
  await forgetAgents(cloud);
}

/** The emulator sees by then that a process is gone, and starts another for what comes. */
const SEEN_GONE_MS = 200;

/**
 * Coordinators and the monitor keep what they have read of agents for ten seconds. Once none is at work, what comes next
 * is for other processes, which read it anew.
 */
export async function forgetAgents(cloud: TestCloud): Promise<void> {
  const queue = cloud.output('CoordinatorQueueUrl');
  await cloud.eventually(async () => {
    const { waiting, inFlight } = await cloud.session.queues.depth(queue);
    return waiting + inFlight === 0;
  });
  for (const name of ['Coordinator', 'MonitorSchedule']) cloud.killWorkers(name);
  await sleep(SEEN_GONE_MS);
}

export async function registeredPeers({ session }: TestCloud): Promise<RegisteredAgent[]> {
  return (await session.registry.agents()).filter(({ name }) => PEERS.includes(name));
}
