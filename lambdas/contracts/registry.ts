import * as z from 'zod';
import { BreakerPolicy } from './breaker.ts';
import { Budget } from './budget.ts';
import type { AgentParameters } from './control.ts';
import { AgentHealth } from './health.ts';
import { JsonObject } from './json.ts';
import { MemoryAccess, PoolName } from './memory.ts';
import { AgentStats } from './messages.ts';
import { AgentName, EpochMs, TaskType } from './names.ts';
import { RetryPolicy } from './retry-policy.ts';
import { SelectionStrategy } from './task-kinds.ts';

/** An agent as the coordinator knows it: what its stack registered at deploy. */
export const AgentRegistration = z.object({
  name: AgentName,
  version: z.string(),
  description: z.string(),
  system: z.string().describe('The system it belongs to, such as "etl"'),
  capabilities: z.record(
    TaskType,
    z.object({
      description: z.string(),
      input_types: z.array(z.string()),
      output_types: z.array(z.string()),
      input_schema: JsonObject.optional().describe('JSON Schema of its input, by which edits are checked'),
    }),
  ),
  inbox: z.object({ express: z.string(), standard: z.string() }).describe('Queue URLs'),
  role_id: z
    .string()
    .optional()
    .describe("Unique id of the agent's IAM role: SQS names it as the sender of its reports"),
  roles: z.array(z.literal('orchestrator')).optional().describe('What it may beyond its tasks'),
  sources: z.array(z.string().max(64)).max(4).optional().describe('Event source mappings of its inbox'),
  retry: RetryPolicy,
  effects: z.enum(['none', 'idempotent', 'outside']),
  capacity: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('Tasks that a lane works on at once; more than these share messages. None: every task has its own'),
  health: z.object({ avgProcessingSeconds: z.number(), errorRate: z.number(), queueDepth: z.number() }),
  budget: Budget.optional().describe('The most that one task of it may use, with all that it delegates'),
  memory: z.record(PoolName, MemoryAccess).optional().describe('The pools of memories that it may use'),
  confidential: z.boolean().optional().describe('What it gets and reports is encrypted, whatever the tenant asks for'),
  breaker: BreakerPolicy.optional().describe('Default: 5 failures in 60 s'),
  selection: z
    .object({
      strategy: SelectionStrategy.optional(),
      weight: z.number().positive(),
      cost: z.number().positive(),
      near: z.array(z.string()),
    })
    .optional(),
  parameters: z
    .object({ schema: JsonObject, defaults: JsonObject })
    .optional()
    .describe('What can be set of it at run time'),
});
export type AgentRegistration = z.infer<typeof AgentRegistration>;

/** What the monitor last measured of an agent. */
export const AgentLoad = z.object({
  queue_depth: z.number().int().nonnegative(),
  measured_at: EpochMs,
  stats: AgentStats.optional(),
  health: AgentHealth.optional(),
  exceeded: z
    .array(z.enum(['queue_depth', 'error_rate', 'avg_processing_time']))
    .optional()
    .describe('Thresholds that were crossed and are not yet clear: each crossing is told once'),
});
export type AgentLoad = z.infer<typeof AgentLoad>;

export interface RegisteredAgent extends AgentRegistration {
  readonly load?: AgentLoad;
  /** What was set of its parameters at run time. */
  readonly set?: AgentParameters;
}
