import { ENV } from '../../contracts/environment.ts';
import { createBucket } from '../../runtime/budgets/bucket.ts';
import type { Tool } from '../../runtime/tool.ts';
import { rateOfTools } from '../../runtime/tools/container-bucket.ts';
import { createTools } from '../../runtime/tools/tools.ts';
import type { AdapterSurroundings, AgentAdapters } from '../aws/agent-adapters.ts';
import { dynamoClient } from '../aws/clients.ts';
import { dynamoClaims } from '../aws/dynamo-claims.ts';
import { dynamoRates } from '../aws/dynamo-rates.ts';
import { required } from '../aws/required.ts';
import { createGuardedHttp } from './guarded-http.ts';

/** Tools that need something of the world to be made, such as those of an MCP server. */
export type ToolSource = (around: AdapterSurroundings) => readonly Tool[];

/**
 * For `uses.tools`: `agentHandler(agent, { steps, budgets, tools: tools(pay, lookUp) })`. In a file of its own, because it
 * brings along what guards HTTP.
 */
export function tools(...given: ReadonlyArray<Tool | ToolSource>): NonNullable<AgentAdapters['tools']> {
  return (around) => {
    const { settings, env, clock } = around;
    const all = given.flatMap((one) => (typeof one === 'function' ? one(around) : [one]));
    const dynamo = dynamoClient(settings);
    return createTools({
      ...{ tools: all, clock },
      claims: dynamoClaims(dynamo, required(env, ENV.claimsTable)),
      bucket: createBucket(dynamoRates(dynamo, required(env, ENV.budgetsTable)), rateOfTools(all), clock),
      http: createGuardedHttp({ clock, loopback: env[ENV.loopbackTools] === 'true' }),
    });
  };
}
