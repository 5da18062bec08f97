import { agentSource } from '../contracts/bus-sources.ts';
import { Coordination } from '../contracts/coordination.ts';
import { DataError, issuesOf, NonRecoverableError } from '../contracts/errors.ts';
import { JsonObject } from '../contracts/json.ts';
import type { Manifest } from '../contracts/manifest.ts';
import type { AgentContext } from './agent.ts';
import type { AgentPorts } from './agent-ports.ts';
import { checkHops } from './hops.ts';

type Reach = Pick<AgentContext, 'blobs' | 'bucket' | 'secret' | 'setting' | 'publish'>;

/**
 * The part of the world that a manifest names; its role in AWS grants the same and no more.
 * @param hops hands that what it publishes has been through: 1 for what a task begins
 */
export function createReach(manifest: Manifest, tenant: string, ports: AgentPorts, hops = 1): Reach {
  const { reaches, channels, name } = manifest;
  const declared = (is: boolean, what: string, where: string): void => {
    if (!is) throw new DataError(`${where}_not_declared`, `${name} does not declare ${what} in its manifest`);
  };
  return {
    blobs: { put: (_tenant, value) => ports.blobs.put(tenant, value), get: (ref) => ports.blobs.get(ref) },
    bucket(bucket) {
      declared(Object.hasOwn(reaches.buckets, bucket), `bucket ${bucket}`, 'bucket');
      const store = ports.bucket(bucket);
      if (!store) throw new NonRecoverableError('bucket_not_deployed', `this deployment has no bucket ${bucket}`);
      return store;
    },
    async secret(secret, options) {
      declared(reaches.secrets.includes(secret), `secret ${secret}`, 'secret');
      const real = ports.secretName(secret);
      if (real === undefined)
        throw new DataError(
          'secret_not_configured',
          `this deployment names no secret for ${secret}; set it in its configuration`,
        );
      return ports.secrets.get(real, options);
    },
    setting(setting) {
      declared(reaches.settings.includes(setting), `setting ${setting}`, 'setting');
      return ports.setting(setting);
    },
    async publish(channel, detail) {
      declared(channels.publishes.includes(channel), `channel ${channel}`, 'channel');
      checkHops(channel, detail, hops);
      await ports.bus.publishToChannel(agentSource(name), channel, messageOf(channel, detail), hops);
    },
  };
}

/** Coordination is an event that the platform listens to as well, so it must be one. */
function messageOf(channel: string, detail: JsonObject): JsonObject {
  if (channel !== 'coordination') return detail;
  const parsed = Coordination.safeParse(detail);
  if (!parsed.success) throw new DataError('bad_event', `coordination: ${issuesOf(parsed.error)}`);
  return JsonObject.parse(parsed.data);
}
