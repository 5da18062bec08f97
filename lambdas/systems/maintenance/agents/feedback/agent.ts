import { defineAgent } from '../../../../runtime/agent.ts';
import { processFeedback } from '../../feedback/process-feedback.ts';
import { reporting } from '../../messages/say.ts';
import { workerChannels } from '../../messages/worker-channels.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(
  manifest,
  { 'maintenance.process_feedback': reporting(manifest.name, processFeedback) },
  workerChannels('feedback_agent', manifest.name),
);
