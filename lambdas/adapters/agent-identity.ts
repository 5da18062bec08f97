import type { AgentKeys, TimeOfDay } from '../access/ports.ts';
import { CLOCK_TOLERANCE_SECONDS } from '../contracts/identity-settings.ts';
import type { Registry } from '../runtime/ports.ts';
import type { KeyRing } from '../runtime/signing/key-ring.ts';

const TOLERANCE_MS = CLOCK_TOLERANCE_SECONDS * 1_000;

/**
 * Agents by the keys that they sign messages with, and by what the registry says of them. The platform's own Lambdas sign
 * messages too, but are no agents.
 */
export function agentIdentities(ring: KeyRing, registry: Pick<Registry, 'agents'>, clock: TimeOfDay): AgentKeys {
  return {
    async find(agent, kid) {
      const registered = (await registry.agents()).find(({ name }) => name === agent);
      const known = registered && (await ring.find(agent, kid));
      const now = clock.now();
      if (!known || now < known.from - TOLERANCE_MS || now >= known.until + TOLERANCE_MS) return undefined;
      return {
        key: known.key,
        orchestrates: registered.roles?.includes('orchestrator') ?? false,
        quarantined: registered.load?.health?.state === 'quarantined',
      };
    },
  };
}
