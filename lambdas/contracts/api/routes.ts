import { agentRoutes } from './agents.ts';
import { decisionRoutes } from './decisions.ts';
import { documentRoutes } from './documents.ts';
import { executeRoutes } from './execute.ts';
import { holdRoutes } from './holds.ts';
import { operationRoutes } from './operations.ts';
import { repairRoutes } from './repair.ts';
import type { ApiRoute } from './route.ts';
import { taskRoutes } from './tasks.ts';
import { tenantRoutes } from './tenants.ts';
import { workflowRoutes } from './workflows.ts';

/** Every operation of the API by its name: the one source of router, OpenAPI document, client and tests. */
export const ROUTES = {
  ...executeRoutes,
  ...workflowRoutes,
  ...repairRoutes,
  ...taskRoutes,
  ...decisionRoutes,
  ...agentRoutes,
  ...operationRoutes,
  ...tenantRoutes,
  ...holdRoutes,
  ...documentRoutes,
} as const satisfies Readonly<Record<string, ApiRoute>>;

export type Routes = typeof ROUTES;
export type Operation = keyof Routes;
export const OPERATIONS = Object.keys(ROUTES) as readonly Operation[];
