import { defineAgent } from '../../../../runtime/agent.ts';
import { plan } from '../../plan/plan.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, { 'work.plan': plan });
