import type { System } from '../../../lambdas/contracts/system.ts';
import { manifest } from './agents/worker/manifest.ts';

/** A system for end-to-end tests and benches; it is deployed beside the product's systems, never with them. */
export const PROBE: System = {
  name: 'probe',
  folder: 'test/support/probe',
  agents: [manifest],
  workflows: [],
  channels: [],
};
