import * as z from 'zod';
import { AgentState } from '../health.ts';
import { JsonObject } from '../json.ts';
import { AgentStats } from '../messages.ts';
import { AgentPath, Instant, Reason } from './common.ts';
import { route } from './route.ts';

export const AgentInfo = z
  .object({
    name: z.string(),
    version: z.string(),
    description: z.string(),
    system: z.string(),
    state: AgentState,
    is_healthy: z.boolean(),
    issues: z.array(z.string()),
    in_pool: z.boolean().describe('Work is sent to it'),
    set_by: z.string().optional(),
    breaker: z.enum(['closed', 'open', 'half_open']),
    open_until: Instant.optional(),
    capabilities: z.array(
      z.object({
        task_type: z.string(),
        description: z.string(),
        input_types: z.array(z.string()),
        output_types: z.array(z.string()),
      }),
    ),
    effects: z.enum(['none', 'idempotent', 'outside']),
    queue_depth: z.number().int().nonnegative(),
    stats: AgentStats.optional(),
  })
  .meta({ id: 'AgentInfo' });

const AgentParameterState = z
  .object({
    agent: z.string(),
    version: z.number().int().nonnegative().describe('0: nothing was set'),
    values: JsonObject.describe('Set at run time, over the defaults'),
    defaults: JsonObject,
    schema: JsonObject.describe('What can be set, as JSON Schema'),
    set_by: z.string().optional(),
    set_at: Instant.optional(),
  })
  .meta({ id: 'AgentParameters' });

export const agentRoutes = {
  listAgents: route({
    method: 'GET',
    path: '/api/v1/agents',
    group: 'agents',
    summary: 'Who is registered, what they can do and how they do',
    access: { resource: 'agent', action: 'read' },
    scope: 'platform',
    query: z.object({ task_type: z.string().max(128).optional().describe('Only those that can do this') }),
    answers: { 200: { description: 'By name', body: z.object({ items: z.array(AgentInfo) }) } },
  }),
  getAgent: route({
    method: 'GET',
    path: '/api/v1/agents/{agent}',
    group: 'agents',
    summary: 'One agent',
    access: { resource: 'agent', action: 'read' },
    scope: 'platform',
    params: AgentPath,
    answers: { 200: { description: 'As the registry says', body: AgentInfo } },
  }),
  setAgentState: route({
    method: 'PUT',
    path: '/api/v1/agents/{agent}/state',
    group: 'agents',
    summary: 'Takes an agent out of the pool, or puts it back',
    access: { resource: 'agent', action: 'control' },
    scope: 'platform',
    params: AgentPath,
    body: z.strictObject({
      state: z.enum(['ready', 'draining', 'maintenance', 'quarantined']),
      reason: z.string().max(500).default(''),
    }),
    answers: { 202: { description: 'Asked for', body: z.object({ agent: z.string(), state: AgentState }) } },
  }),
  getAgentParameters: route({
    method: 'GET',
    path: '/api/v1/agents/{agent}/parameters',
    group: 'agents',
    summary: 'What can be set of an agent at run time, and what is',
    access: { resource: 'agent', action: 'configure' },
    scope: 'platform',
    params: AgentPath,
    answers: { 200: { description: 'As the registry says', body: AgentParameterState } },
  }),
  setAgentParameters: route({
    method: 'PUT',
    path: '/api/v1/agents/{agent}/parameters',
    group: 'agents',
    summary: 'Sets parameters of an agent without a deploy, or goes back to an earlier version',
    access: { resource: 'agent', action: 'configure' },
    scope: 'platform',
    params: AgentPath,
    body: z
      .strictObject({
        values: JsonObject.optional().describe('Beside those that are set; null takes one back'),
        version: z.number().int().nonnegative().optional().describe('What this version said; 0: the defaults'),
        reason: Reason,
      })
      .refine(({ values, version }) => (values === undefined) !== (version === undefined), {
        error: 'say either values or a version',
      }),
    answers: { 202: { description: 'Asked for; until it is written this stands', body: AgentParameterState } },
  }),
} as const;
