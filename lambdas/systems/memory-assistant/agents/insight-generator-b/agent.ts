import { defineAgent } from '../../../../runtime/agent.ts';
import { tasks } from '../insight-generator/agent.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, tasks);
