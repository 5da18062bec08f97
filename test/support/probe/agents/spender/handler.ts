import { budgets, steps } from '../../../../../lambdas/adapters/aws/agent-adapters.ts';
import { agentHandler } from '../../../../../lambdas/adapters/aws/agent-handler.ts';
import { models } from '../../../../../lambdas/adapters/models/agent-models.ts';
import { agent } from './agent.ts';

export const handler = agentHandler(agent, { steps, budgets, models });
