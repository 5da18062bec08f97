import * as z from 'zod';
import { AgentState } from '../health.ts';
import { JsonObject } from '../json.ts';
import { MemoryKind, PoolName, RecallQuery, Recollection } from '../memory.ts';
import { AgentName, RunId } from '../names.ts';
import { Instant, PageQuery, pageOf } from './common.ts';
import { route } from './route.ts';

const Line = z
  .object({
    state: z.enum(['running', 'waiting', 'throttled', 'retrying', 'paused', 'held']),
    workflow_id: RunId,
    workflow: z.string(),
    task_id: z.string().optional(),
    permits: z.number().optional(),
    since: Instant,
    reason: z.string(),
    expected_at: Instant.optional(),
  })
  .meta({ id: 'WaitingLine' });

const DeadLetter = z
  .object({
    parked_id: z.string(),
    cause: z.string().describe('Those with the same cause were given up on for the same reason'),
    queue: z.string(),
    at: Instant,
    message_id: z.string(),
    message_type: z.string(),
    workflow_id: RunId.optional(),
    task_id: z.string().optional(),
    reason: z.string(),
  })
  .meta({ id: 'DeadLetter' });

const LoggedMessage = z
  .object({
    time: Instant,
    channel: z.string(),
    action: z.enum(['published', 'consumed', 'refused']),
    message_id: z.string(),
    correlation_id: z.string(),
    sender: z.string(),
    receiver: z.string(),
    type: z.string(),
    priority: z.number().int(),
    workflow_id: RunId.optional(),
    task_id: z.string().optional(),
    code: z.string().optional().describe('Why it was refused'),
  })
  .meta({ id: 'LoggedMessage' });

const QueueStatistics = z.object({
  name: z.string(),
  kind: z.enum(['platform', 'agent']),
  waiting: z.number().int().describe('Nobody has taken these yet; approximate'),
  in_flight: z.number().int().optional().describe('Somebody works on these; approximate. Not told of agents'),
  measured_at: Instant.describe('Of agents at most two minutes ago'),
});

export const operationRoutes = {
  listWaits: route({
    method: 'GET',
    path: '/api/v1/waits',
    group: 'operations',
    summary: 'What runs and what waits, for each limit and key, and why',
    access: { resource: 'queue', action: 'read' },
    query: z.object({ name: z.string().max(128).optional().describe('Of a limit or a workflow') }),
    answers: {
      200: {
        description: 'Limits in use, and runs that stand still by themselves',
        body: z.object({
          flows: z.array(
            z.object({
              flow_id: z.string(),
              name: z.string(),
              key: z.string(),
              shared: z.boolean().describe('By all tenants: of the others only the numbers are told'),
              rule: z.string(),
              lines: z.array(Line),
              others: z.object({ running: z.number().int(), waiting: z.number().int() }),
            }),
          ),
          runs: z.array(Line),
        }),
      },
    },
  }),
  listQueues: route({
    method: 'GET',
    path: '/api/v1/queues',
    group: 'operations',
    summary: 'How full the queues are',
    access: { resource: 'queue', action: 'read' },
    scope: 'platform',
    answers: {
      200: { description: 'Of the platform and of each agent', body: z.object({ items: z.array(QueueStatistics) }) },
    },
  }),
  listDeadLetters: route({
    method: 'GET',
    path: '/api/v1/dead-letters',
    group: 'operations',
    summary: 'Messages that were given up on, the newest first',
    access: { resource: 'dead_letter', action: 'read' },
    query: PageQuery.extend({ cause: z.string().min(4).max(8).optional() }),
    answers: { 200: { description: 'A page of them', body: pageOf(DeadLetter) } },
  }),
  listMessages: route({
    method: 'GET',
    path: '/api/v1/messages',
    group: 'operations',
    summary: 'Every message of a correlation, the newest first',
    access: { resource: 'message_log', action: 'read' },
    query: z.object({
      correlation_id: z.string().min(1).max(128),
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
    }),
    answers: { 200: { description: 'As the message log has them', body: z.object({ items: z.array(LoggedMessage) }) } },
  }),
  searchMemory: route({
    method: 'POST',
    path: '/api/v1/memory/search',
    group: 'memory',
    summary: 'What agents remember of something',
    description: 'A POST, because what is asked may be personal, and URLs end up in logs.',
    access: { resource: 'memory', action: 'read' },
    body: z.strictObject({
      text: z.string().min(1).max(2_000),
      pools: z.array(PoolName).min(1).max(10).optional(),
      kinds: z.array(MemoryKind).min(1).optional(),
      agent: AgentName.optional().describe('Only what this agent may read'),
      limit: z.number().int().min(1).max(50).default(10),
      as_of: Instant.optional().describe('What was valid then; default: now'),
      subject: RecallQuery.shape.subject,
    }),
    answers: { 200: { description: 'The best first', body: Recollection.meta({ id: 'Recollection' }) } },
  }),
  getSystemStatus: route({
    method: 'GET',
    path: '/api/v1/system/status',
    group: 'operations',
    summary: 'How the agents and the platform are',
    access: { resource: 'system', action: 'read' },
    scope: 'platform',
    answers: {
      200: {
        description: "The seed documents' system status",
        body: z
          .object({
            total_agents: z.number().int(),
            active_agents: z.number().int().describe('Those that work is sent to'),
            agent_statuses: z.record(
              z.string(),
              z.object({ state: AgentState, metrics: JsonObject, capabilities: z.array(z.string()) }),
            ),
            system_health: z.object({
              is_healthy: z.boolean(),
              issues: z.array(z.string()),
              holds: z.array(z.object({ scope: z.string(), action: z.string(), by: z.string(), reason: z.string() })),
            }),
          })
          .meta({ id: 'SystemStatus' }),
      },
    },
  }),
  getHealth: route({
    method: 'GET',
    path: '/api/v1/health',
    group: 'operations',
    summary: 'Whether the API can read what it answers from',
    access: 'public',
    answers: {
      200: { description: 'It can', body: z.object({ status: z.literal('ok'), time: Instant }) },
    },
  }),
} as const;
