import { budgets, steps } from '../../../../../lambdas/adapters/aws/agent-adapters.ts';
import { agentHandler } from '../../../../../lambdas/adapters/aws/agent-handler.ts';
import { tools } from '../../../../../lambdas/adapters/tools/agent-tools.ts';
import { mcpTools } from '../../../../../lambdas/adapters/tools/mcp/mcp-tools.ts';
import { agent } from './agent.ts';
import { charge } from './charge.ts';
import shop from './shop.tools.json' with { type: 'json' };

export const handler = agentHandler(agent, { steps, budgets, tools: tools(charge, mcpTools(shop)) });
