import { defineAgent } from '../../../../../lambdas/runtime/agent.ts';
import { follower } from '../../shared-work/follow-orders.ts';
import { manifest } from './manifest.ts';

const follow = follower(manifest.name);

export const agent = defineAgent(manifest, { 'probe.shared': follow, 'probe.pair': follow });
