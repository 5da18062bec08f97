import { LambdaClient, ResourceConflictException, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import type { RegisteredAgent } from '../../contracts/registry.ts';
import type { Inboxes } from '../../runtime/inboxes.ts';
import type { ClientSettings } from './clients.ts';
import { serviceCall } from './service-failure.ts';

/** A mapping that is just being changed can't be changed again for some seconds. */
const TRIES = 5;
const PAUSE_MS = 2_000;

/**
 * Switches the event source mappings of an agent's lanes. Lambda takes up to a minute to heed it: what is delivered until
 * then is reported on, and nobody listens to it.
 */
export function lambdaInboxes({ region, endpoint }: ClientSettings, sleep: (ms: number) => Promise<void>): Inboxes {
  const client = new LambdaClient({ region, ...(endpoint !== undefined && { endpoint }), maxAttempts: 5 });

  async function set(UUID: string, Enabled: boolean): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
        return;
      } catch (error) {
        if (!(error instanceof ResourceConflictException) || tries === TRIES) throw error;
        await sleep(PAUSE_MS);
      }
    }
  }

  const setAll = ({ sources = [], name }: RegisteredAgent, enabled: boolean): Promise<void> =>
    serviceCall('inbox_unavailable', `${enabled ? 'opening' : 'pausing'} the inbox of ${name}`, async () => {
      await Promise.all(sources.map((source) => set(source, enabled)));
    });

  return { pause: (agent) => setAll(agent, false), resume: (agent) => setAll(agent, true) };
}
