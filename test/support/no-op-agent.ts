import * as z from 'zod';
import { defineManifest, type ManifestInput } from '../../lambdas/contracts/manifest.ts';
import { defineAgent, type TaskHandler } from '../../lambdas/runtime/agent.ts';

const capabilities = {
  work: { description: 'Does nothing, or what the test says', input: z.json(), output: z.json() },
};

/** An agent with one capability, `work`, for tests and benches. */
export function workAgent(
  handle: TaskHandler<z.ZodType<z.core.util.JSONType>, z.ZodType<z.core.util.JSONType>> = () => ({ ok: true }),
  overrides: Partial<Omit<ManifestInput<typeof capabilities>, 'capabilities'>> = {},
) {
  const manifest = defineManifest({
    name: 'worker',
    description: 'Does the work of tests.',
    errorImpact: 'Nobody but the test that uses it.',
    ...overrides,
    capabilities,
  });
  return defineAgent(manifest, { work: handle });
}
