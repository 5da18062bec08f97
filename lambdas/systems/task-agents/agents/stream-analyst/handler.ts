import { buckets, steps } from '../../../../adapters/aws/agent-adapters.ts';
import { agentHandler } from '../../../../adapters/aws/agent-handler.ts';
import { streamAnalyst } from './agent.ts';

export const handler = agentHandler(streamAnalyst(), { buckets, steps });
