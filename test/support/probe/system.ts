import * as z from 'zod';
import { defineChannel } from '../../../lambdas/contracts/channels.ts';
import type { System } from '../../../lambdas/contracts/system.ts';
import { manifest as alpha } from './agents/alpha/manifest.ts';
import { manifest as beta } from './agents/beta/manifest.ts';
import { manifest as gamma } from './agents/gamma/manifest.ts';
import { manifest as herald } from './agents/herald/manifest.ts';
import { manifest as keeper } from './agents/keeper/manifest.ts';
import { manifest as payer } from './agents/payer/manifest.ts';
import { manifest as seeker } from './agents/seeker/manifest.ts';
import { manifest as smith } from './agents/smith/manifest.ts';
import { manifest as spender } from './agents/spender/manifest.ts';
import { manifest as stepper } from './agents/stepper/manifest.ts';
import { manifest as thinker } from './agents/thinker/manifest.ts';
import { manifest as worker } from './agents/worker/manifest.ts';
import { child } from './workflows/child.ts';
import { patterns } from './workflows/patterns.ts';
import { trip } from './workflows/trip.ts';
import { turns } from './workflows/turns.ts';

/** A system for benches: its only agent does next to nothing. It is deployed beside the product's, never with them. */
export const PROBE: System = {
  name: 'probe',
  folder: 'test/support/probe',
  agents: [worker],
  workflows: [],
  channels: [],
};

/** The same for end-to-end tests: with peers that can do each other's work, and with workflows. */
export const PROBE_WITH_PEERS: System = {
  ...PROBE,
  agents: [worker, alpha, beta, gamma, herald, keeper, payer, seeker, spender, stepper, thinker, smith],
  workflows: [child, trip, turns, ...patterns],
  channels: [
    defineChannel({
      name: 'channel.probe.payment',
      description: 'A payment that was made',
      schema: z.object({ run_id: z.string(), task_id: z.string(), amount: z.number() }),
    }),
    defineChannel({
      name: 'channel.probe.step',
      description: 'A step that was done',
      schema: z.object({ run_id: z.string(), step: z.number(), container: z.string() }),
    }),
  ],
};
