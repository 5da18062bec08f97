import { defineAgent } from '../../../../runtime/agent.ts';
import { reporting } from '../../messages/say.ts';
import { arrange, conclude } from '../../orchestration/conclude.ts';
import { decide } from '../../orchestration/decide.ts';
import { orchestratorChannels } from '../../orchestration/hear.ts';
import { intake } from '../../orchestration/intake.ts';
import { manifest } from './manifest.ts';

const { name } = manifest;

export const agent = defineAgent(
  manifest,
  {
    'maintenance.intake': reporting(name, intake),
    'maintenance.decide': (input, ctx) => decide(input, ctx, ctx.parameters.snooze_days),
    'maintenance.arrange': reporting(name, arrange),
    'maintenance.conclude': reporting(name, conclude),
  },
  orchestratorChannels,
);
