import { defineAgent } from '../../../../runtime/agent.ts';
import { supervise } from '../../plan/supervise.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, { 'work.supervise': supervise });
