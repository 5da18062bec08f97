/** Names of the environment variables that stacks set and Lambdas read. Each is spelled here and nowhere else. */
export const ENV = {
  stage: 'MUSTER_STAGE',
  logLevel: 'MUSTER_LOG_LEVEL',
  stateTable: 'MUSTER_STATE_TABLE',
  registryTable: 'MUSTER_REGISTRY_TABLE',
  claimsTable: 'MUSTER_CLAIMS_TABLE',
  budgetsTable: 'MUSTER_BUDGETS_TABLE',
  ledgerTable: 'MUSTER_LEDGER_TABLE',
  /** JSON: the models that the agent may use, by name, as contracts/model-settings.ts has them. */
  agentModels: 'MUSTER_AGENT_MODELS',
  memoryFunction: 'MUSTER_MEMORY_FUNCTION',
  tenantsFunction: 'MUSTER_TENANTS_FUNCTION',
  memoriesTable: 'MUSTER_MEMORIES_TABLE',
  memoryKeysTable: 'MUSTER_MEMORY_KEYS_TABLE',
  memoryBucket: 'MUSTER_MEMORY_BUCKET',
  /** JSON: how memories are searched by meaning, as contracts/memory.ts has it; not set: by words alone. */
  memoryEmbeddings: 'MUSTER_MEMORY_EMBEDDINGS',
  /** JSON: the MCP servers that the agent's tools come from, by name, as contracts/mcp-settings.ts has them. */
  mcpServers: 'MUSTER_MCP_SERVERS',
  /** "true": tools may reach this machine, for tests. */
  loopbackTools: 'MUSTER_LOOPBACK_TOOLS',
  blobBucket: 'MUSTER_BLOB_BUCKET',
  archiveBucket: 'MUSTER_ARCHIVE_BUCKET',
  archiveAfterDays: 'MUSTER_ARCHIVE_AFTER_DAYS',
  /** JSON: the plans of tenants, as contracts/tenants.ts has them. */
  tenancy: 'MUSTER_TENANCY',
  busName: 'MUSTER_BUS_NAME',
  /** JSON: whose tokens are taken, as contracts/identity-settings.ts has it. */
  identity: 'MUSTER_IDENTITY',
  signingKeysSecret: 'MUSTER_SIGNING_KEYS_SECRET',
  rotateKeysDays: 'MUSTER_ROTATE_KEYS_DAYS',
  coordinatorQueue: 'MUSTER_COORDINATOR_QUEUE_URL',
  timersQueue: 'MUSTER_TIMERS_QUEUE_URL',
  intakeQueue: 'MUSTER_INTAKE_QUEUE_URL',
  auditQueue: 'MUSTER_AUDIT_QUEUE_URL',
  auditTable: 'MUSTER_AUDIT_TABLE',
  auditBucket: 'MUSTER_AUDIT_BUCKET',
  behaviourQueue: 'MUSTER_BEHAVIOUR_QUEUE_URL',
  behaviourTable: 'MUSTER_BEHAVIOUR_TABLE',
  /** JSON: what takes an agent out by itself, as QuarantinePolicy of contracts/behaviour.ts has it; not set: the default. */
  quarantine: 'MUSTER_QUARANTINE',
  /** Where security events are told: `bus`, `bucket` or `both`. */
  siem: 'MUSTER_SIEM',
  /** JSON: how the API is set, as contracts/api/settings.ts has it. */
  api: 'MUSTER_API',
  streamQueue: 'MUSTER_STREAM_QUEUE_URL',
  streamsTable: 'MUSTER_STREAMS_TABLE',
  /** The stage of the WebSocket API, as `<id>/<stage>`. */
  streamApi: 'MUSTER_STREAM_API',
  /** Where containers publish the keys that they sign with. */
  messageKeysTable: 'MUSTER_MESSAGE_KEYS_TABLE',
  /** `required`, `accepted` or `off`. */
  signatures: 'MUSTER_SIGNATURES',
  /** The KMS key that bodies are encrypted with; not set: none are. */
  messageKmsKey: 'MUSTER_MESSAGE_KMS_KEY',
  /** Tenants whose messages are all encrypted, by commas; `*`: everybody's. */
  encryptFor: 'MUSTER_ENCRYPT_FOR',
  lifecycleArn: 'MUSTER_LIFECYCLE_ARN',
  /** JSON: platform sender name → unique id of its IAM role. */
  platformRoles: 'MUSTER_PLATFORM_ROLES',
  agentName: 'MUSTER_AGENT_NAME',
  inboxExpress: 'MUSTER_INBOX_EXPRESS_URL',
  inboxStandard: 'MUSTER_INBOX_STANDARD_URL',
  /** Prefixes: the manifest's `reaches` names follow in SNAKE_CASE, e.g. MUSTER_BUCKET_ETL_MART. */
  bucketPrefix: 'MUSTER_BUCKET_',
  secretPrefix: 'MUSTER_SECRET_',
  settingPrefix: 'MUSTER_SETTING_',
} as const;

/** The variable that carries the resource behind a name in a manifest's `reaches`. */
export function resourceVariable(prefix: string, name: string): string {
  return prefix + name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
}
