import * as z from 'zod';
import { Budget } from './budget.ts';
import { issuesOf } from './errors.ts';
import { DEFAULTS } from './limits.ts';
import { AgentName, TaskType } from './names.ts';
import { RetryPolicy } from './retry-policy.ts';
import { SelectionStrategy } from './task-kinds.ts';
import { HostRule, ToolName } from './tool-names.ts';

/** One thing an agent can do. Its name is the task type it answers to. */
export interface Capability<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly description: string;
  readonly input: I;
  readonly output: O;
}

/** What a manifest says, beside its capabilities, once defaults are filled in. */
const ManifestSettings = z.strictObject({
  name: AgentName,
  version: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, 'a version is like "1.0.0"')
    .default('1.0.0'),
  description: z.string().min(1),
  /** Who notices when this agent fails, and how: it ends up in the text of every alarm. */
  errorImpact: z.string().min(20, 'say who notices when this agent fails, in a sentence'),
  /** Seconds it may work on one message; its Lambda's timeout leaves room to report. */
  timeoutSeconds: z.number().int().min(1).max(840).default(DEFAULTS.messageTimeoutSeconds),
  memoryMb: z.number().int().min(128).max(10_240).default(256),
  /** Most containers at once, per lane; the least that Lambda's event source takes is 2. */
  concurrency: z.number().int().min(2).max(1_000).default(10),
  /** Messages per invocation; by default 10, but 1 for tasks with outside effects or a timeout that is set above 10 s. */
  batchSize: z.number().int().min(1).max(10).optional(),
  retry: RetryPolicy.default({}),
  /** So many failures of class `system` within so many seconds open its breaker; after as long one probe is let through. */
  breaker: z
    .strictObject({ failures: z.number().int().positive().default(5), seconds: z.number().positive().default(60) })
    .prefault({}),
  /** What it may beyond its tasks: an `orchestrator` asks for workflows; nobody else among agents does. */
  roles: z.array(z.literal('orchestrator')).max(1).default([]),
  /** What speaks for it when several agents can do a task. */
  selection: z
    .strictObject({
      strategy: SelectionStrategy.optional(),
      weight: z.number().positive().default(1).describe('Its share under `weighted`'),
      cost: z.number().positive().default(1).describe('Of a task, in any unit, compared with its peers'),
      near: z.array(z.string().max(64)).max(20).default([]).describe('Its region, and what data lies close to it'),
    })
    .prefault({}),
  /** `none` and `idempotent` work may run twice; `outside` work is claimed before it starts. */
  effects: z.enum(['none', 'idempotent', 'outside']).default('none'),
  /** Channels on the bus, as in contracts/channels.ts. */
  channels: z
    .strictObject({
      publishes: z.array(z.string()).default([]),
      subscribes: z.array(z.string()).default([]),
      confidential: z.array(z.string()).default([]).describe('Of these, where only those who listen may read'),
    })
    .prefault({}),
  /** What it gets and reports is encrypted, whatever its tenant asks for; docs/guides/messages.md. */
  confidential: z.boolean().default(false),
  /** What it may reach beyond its inbox and reports; the stack maps these names to resources and grants exactly that. */
  reaches: z
    .strictObject({
      buckets: z.record(z.string(), z.enum(['read', 'write', 'read-write'])).default({}),
      secrets: z.array(z.string()).default([]),
      layers: z.array(z.string()).default([]),
      settings: z.array(z.string()).default([]),
      hosts: z
        .array(HostRule)
        .default([])
        .describe('Hosts that its tools may reach, such as "api.example.com", "*.example.com" or "*"'),
    })
    .prefault({}),
  /** What its code may use of `ctx` beyond plain work; its handler names the adapters for it. */
  uses: z
    .strictObject({
      steps: z
        .boolean()
        .default(false)
        .describe('ctx.step, wait, ask, call and delegate; models and tools bring it along'),
      tools: z.array(ToolName).default([]).describe('By name: no other can be called'),
      permissions: z.array(z.string().min(1).max(128)).default([]).describe('What it grants its tools'),
      models: z.array(z.string()).default([]).describe('By the names that the configuration gives models'),
      worksWithoutModels: z
        .boolean()
        .default(false)
        .describe(
          'It has another way: a stage may leave its models out (model_not_configured), and a provider that is down is an answer (model_unavailable) instead of the end of the attempt',
        ),
      memory: z
        .record(z.string(), z.enum(['read', 'write', 'read-write']))
        .default({})
        .describe('Pools that agents share; its own it always has with at least one entry here, "own"'),
    })
    .prefault({}),
  /** The most that one task of it may use of models and tools; others of the run and the task count as well. */
  budget: Budget.prefault({}),
  /** Threshold overrides for the monitor; defaults are the seed documents'. */
  health: z
    .strictObject({
      avgProcessingSeconds: z.number().positive().default(5),
      errorRate: z.number().min(0).max(1).default(0.05),
      queueDepth: z.number().int().positive().default(100),
    })
    .prefault({}),
});

export type Capabilities = Readonly<Record<string, Capability>>;
/** Schemas of what can be set of an agent while it runs: every field has a default. */
export type Parameters = z.ZodObject;
export type ManifestInput<C extends Capabilities, P extends Parameters = Parameters> = z.input<
  typeof ManifestSettings
> & {
  readonly capabilities: C;
  /** What people may change of it without a deploy; its code reads them as `ctx.parameters`. */
  readonly parameters?: P | undefined;
};
export type Manifest<C extends Capabilities = Capabilities, P extends Parameters = Parameters> = Readonly<
  Required<z.output<typeof ManifestSettings>>
> & {
  readonly capabilities: C;
  readonly parameters: P | undefined;
};

/**
 * Checks a manifest and fills in its defaults. Pure data: its Lambda, inboxes, role, alarms and registry entry come from it.
 * @throws z.ZodError or Error naming the field when the manifest is wrong
 */
export function defineManifest<const C extends Capabilities, P extends Parameters = Parameters>(
  input: ManifestInput<C, P>,
): Manifest<C, P> {
  const { capabilities, parameters, ...rest } = input;
  const settings = ManifestSettings.parse(rest);
  if (Object.keys(capabilities).length === 0)
    throw new Error(`agent ${settings.name}: declare at least one capability`);
  for (const type of Object.keys(capabilities)) TaskType.parse(type);
  const defaults = parameters?.safeParse({});
  if (defaults && !defaults.success)
    throw new Error(`agent ${settings.name}: every parameter needs a default: ${issuesOf(defaults.error)}`);
  const alone = settings.effects === 'outside' || (rest.timeoutSeconds ?? 0) > 10;
  const batchSize = settings.batchSize ?? (alone ? 1 : DEFAULTS.batchSize);
  return { ...settings, uses: withSteps(settings.uses), batchSize, capabilities, parameters };
}

/** What a model answered or a tool did is remembered as a step is. */
function withSteps(uses: z.output<typeof ManifestSettings>['uses']) {
  return { ...uses, steps: uses.steps || uses.models.length > 0 || uses.tools.length > 0 };
}
