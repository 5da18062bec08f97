import { budgets, steps } from '../../../../adapters/aws/agent-adapters.ts';
import { agentHandler } from '../../../../adapters/aws/agent-handler.ts';
import { models } from '../../../../adapters/models/agent-models.ts';
import { agent } from './agent.ts';

export const handler = agentHandler(agent, { steps, budgets, models });
