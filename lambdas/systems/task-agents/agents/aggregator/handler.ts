import { agentHandler } from '../../../../adapters/aws/agent-handler.ts';
import { agent } from './agent.ts';

export const handler = agentHandler(agent);
