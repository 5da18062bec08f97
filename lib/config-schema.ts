import * as z from 'zod';
import { ApiSettings } from '../lambdas/contracts/api/settings.ts';
import { QuarantinePolicy } from '../lambdas/contracts/behaviour.ts';
import { McpServers } from '../lambdas/contracts/mcp-settings.ts';
import { Models } from '../lambdas/contracts/model-settings.ts';
import { TenantId } from '../lambdas/contracts/names.ts';
import { PLANS, Tenancy } from '../lambdas/contracts/tenants.ts';
import { IdentityConfig } from './identity-config.ts';

/** The retentions that CloudWatch Logs knows, in days. */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653] as const;

const SecretName = z
  .string()
  .regex(/^[\w/+=.@-]{1,512}$/, 'is the name of a secret in AWS Secrets Manager, never the value itself');

const KmsKeyArn = z
  .string()
  .regex(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/(mrk-)?[0-9a-f-]{32,36}$/, 'is the ARN of a KMS key');

/** Everything that a stage can set. docs/configuration.md says which environment variable sets what. */
export const Config = z
  .strictObject({
    stage: z.string().regex(/^[a-z][a-z0-9-]{0,19}$/, 'is 1-20 of a-z, 0-9 and "-", and starts with a letter'),
    /** `emulator` leaves out what emulator-gaps.ts lists. */
    target: z.enum(['aws', 'emulator']).default('aws'),
    /** Only of an emulator: roles count, as `npm run test:iam` wants it. */
    emulatorEnforcesIam: z.boolean().default(false),
    account: z
      .string()
      .regex(/^\d{12}$/, 'is an AWS account number of 12 digits')
      .optional(),
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is an AWS region such as "eu-central-1"')
      .optional(),
    architecture: z.enum(['arm64', 'x64']).default('arm64'),
    /** What becomes of data when a stack goes. */
    removal: z.enum(['destroy', 'retain']).default('retain'),
    pointInTimeRecovery: z.boolean().default(true),
    /** Claim-checked bodies and results live this long; longer than any run and its forks. */
    blobRetentionDays: z.number().int().min(1).max(3_650).default(365),
    /** Journals of runs that ended longer ago lie in the archive, where they stay; runs are found and forked as before. */
    archiveAfterDays: z
      .number()
      .int()
      .min(1)
      .max(89, 'is at most 89: the record of a run that is not archived is kept for 90 days')
      .default(30),
    /** A key of your own for queues, tables and buckets; default: keys that AWS owns (SSE-SQS, SSE-S3). */
    kmsKeyArn: KmsKeyArn.optional(),
    logs: z
      .strictObject({
        level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
        retentionDays: z.literal(RETENTION_DAYS).default(30),
      })
      .prefault({}),
    monitoring: z
      .strictObject({
        /** Alarms and dashboards. */
        enabled: z.boolean().default(true),
        /** Traces in X-Ray. */
        tracing: z.boolean().default(true),
        /** An SNS topic that alarms tell. */
        alarmTopicArn: z
          .string()
          .regex(/^arn:[\w-]+:sns:.+$/, 'is the ARN of an SNS topic')
          .optional(),
        /** Where people read the runbook; alarms link to its headings. */
        runbookUrl: z.string().min(1).default('docs/runbook.md'),
      })
      .prefault({}),
    /** Bounds on every agent, whatever its manifest says. */
    agents: z
      .strictObject({
        maxWorkers: z
          .number()
          .int()
          .min(2, "is at least 2, the least that Lambda's event source takes")
          .max(1_000)
          .optional(),
        memoryLimitMb: z.number().int().min(128, 'is at least 128 MB').max(10_240, 'is at most 10240 MB').optional(),
        /** Deliveries of a message before it is given up on. */
        maxReceives: z.number().int().min(1).max(1_000).default(5),
      })
      .prefault({}),
    audit: z
      .strictObject({
        /**
         * What keeps the audit's objects from being changed: `governance` (who has the right to may lift it), `compliance`
         * (nobody may, not even the account's root), `none`.
         */
        lock: z.enum(['none', 'governance', 'compliance']).default('governance'),
        retentionDays: z.number().int().min(1).max(36_500).default(365),
        /** Where security events are told besides, as OCSF: as `security_event` on the bus, in the audit's bucket, or both. */
        siem: z.enum(['bus', 'bucket', 'both']).default('bus'),
      })
      .prefault({}),
    database: z
      .strictObject({
        poolSize: z.number().int().min(1).max(100).default(5),
        connectionTimeoutSeconds: z.number().int().min(1).max(300).default(30),
      })
      .prefault({}),
    /** The HTTP API; docs/guides/api.md. */
    api: ApiSettings.prefault({}),
    /** Whose tokens the API takes; docs/guides/access.md. */
    identity: IdentityConfig.prefault({ mode: 'embedded' }),
    /** How messages between agents are signed and encrypted; docs/guides/messages.md. */
    messages: z
      .strictObject({
        /** `accepted`: unsigned messages pass, for the deployment before the one that requires signatures. */
        signatures: z.enum(['required', 'accepted', 'off']).default('required'),
        /** A KMS key of the platform's own for bodies that agents, channels or tenants want encrypted. Unsaid: made when a deployed agent asks for it. */
        encrypt: z.boolean().optional(),
        /** A key of yours instead. */
        kmsKeyArn: KmsKeyArn.optional(),
        /** Tenants whose messages are all encrypted; `*`: everybody's. */
        encryptFor: z.array(z.union([TenantId, z.literal('*')])).default([]),
      })
      .refine(({ encrypt, kmsKeyArn, encryptFor }) => encryptFor.length === 0 || encrypt || kmsKeyArn !== undefined, {
        path: ['encryptFor'],
        error: 'needs a key: set messages.encrypt, or messages.kmsKeyArn',
      })
      .prefault({}),
    /** Models by the names that manifests give in `uses.models`; docs/guides/models.md. */
    models: Models.default({}),
    /** MCP servers by the names that tools have before "__"; docs/guides/tools.md. */
    mcp: McpServers.default({}),
    tools: z
      .strictObject({
        /** Tools may reach this machine: for tests on the emulator. */
        loopback: z.boolean().default(false),
      })
      .prefault({}),
    /**
     * What memories are searched by beside their words: `none`; `local`, a small model in the memory Lambda; or the name of
     * an embedding model in `models`.
     */
    memory: z.strictObject({ embeddings: z.string().default('none') }).prefault({}),
    /** What a rogue agent does that takes it out at once, by itself; docs/guides/behaviour.md. */
    quarantine: QuarantinePolicy,
    /** Plans of tenants; docs/guides/tenants.md. */
    tenancy: Tenancy.default(PLANS),
    /** Off: no agent gets a secret, and the ETL demo runs from S3 alone. */
    secretsManager: z.boolean().default(true),
    /** What a deployment leaves out here is not granted to anybody, and the agent says so when it is asked for. */
    etl: z
      .strictObject({
        sourceDatabaseSecret: SecretName.optional(),
        targetDatabaseSecret: SecretName.optional(),
        /** Where the mart goes in the target database. */
        targetSchema: z
          .string()
          .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'is the name of a schema in PostgreSQL')
          .default('mart'),
        weatherUrl: z.url({ protocol: /^https?$/, error: 'is an http(s) URL' }).optional(),
        /** Where the URLs of REST sources may lead: whoever starts a run names them. */
        restReach: z.enum(['public', 'private']).default('public'),
      })
      .prefault({}),
  })
  .refine(({ target, tools }) => target === 'emulator' || !tools.loopback, {
    path: ['tools', 'loopback'],
    error: 'is for tests on the emulator: in AWS it would open the way to the container itself',
  })
  .refine(
    ({ target, identity }) =>
      target === 'emulator' || identity.mode === 'embedded' || identity.jwksUri.startsWith('https:'),
    {
      path: ['identity', 'jwksUri'],
      error: 'is an https URL: whoever sits in between could make everybody everything',
    },
  )
  .refine(({ archiveAfterDays, blobRetentionDays }) => archiveAfterDays < blobRetentionDays, {
    path: ['archiveAfterDays'],
    error: 'is less than blobRetentionDays: what an archived journal needs must still be there when it is archived',
  });
export type Config = z.infer<typeof Config>;
export type ConfigInput = Omit<z.input<typeof Config>, 'stage'>;
