import * as z from 'zod';
import type { Registry } from '../../runtime/ports.ts';
import type { WritePorts } from './stream-ports.ts';

/** Role ids by sender: the platform's from the environment, agents' from the registry. @throws z.ZodError when it is malformed */
export function readRoles(
  json: string | undefined,
  registry: Pick<Registry, 'agents'>,
): Pick<WritePorts, 'roleOf' | 'agentBehind'> {
  const platform = z.record(z.string(), z.string()).parse(JSON.parse(json || '{}'));
  return {
    async roleOf(sender) {
      if (Object.hasOwn(platform, sender)) return platform[sender];
      return (await registry.agents()).find(({ name }) => name === sender)?.role_id;
    },
    agentBehind: async (role) => (await registry.agents()).find(({ role_id }) => role_id === role)?.name,
  };
}
