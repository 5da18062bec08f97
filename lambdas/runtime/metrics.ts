/** Lambda's share of a task's price: us-east-1, arm64 on demand, November 2026, in dollars. */
const PRICE = { perGbSecond: 0.0000133334, perRequest: 0.0000002 };

const NAMESPACE = 'Muster';
const startedAt = Date.now();
let lastCpu = process.cpuUsage();

/** What an invocation did, as the caller counted it. */
export interface InvocationFigures {
  /** Who worked: the agent's or the platform Lambda's name; the dimension of every metric. */
  readonly name: string;
  readonly at: number;
  readonly durationMs: number;
  readonly messages: number;
  readonly failed: number;
  readonly bytes: number;
  readonly memoryMb: number;
  readonly notes: Readonly<Record<string, unknown>>;
}

const UNITS = {
  request_rate: 'Count',
  response_time: 'Milliseconds',
  error_rate: 'Percent',
  active_connections: 'Count',
  tasks_completed: 'Count',
  cost_per_task: 'None',
  uptime: 'Seconds',
  cpu_usage: 'Percent',
  memory_usage: 'Bytes',
  network_io: 'Bytes',
} as const;

/**
 * One line in CloudWatch's embedded metric format, under the seed documents' names: it is the invocation's log line and
 * its metrics at once. `response_time` carries its p95 as a statistic; `queue_depth` comes from the monitor.
 * (Format: Amazon CloudWatch User Guide, "Embedded metric format specification".)
 */
export function metricsLine(figures: InvocationFigures): string {
  const { name, at, durationMs, messages, failed, bytes, memoryMb, notes } = figures;
  const cpu = process.cpuUsage(lastCpu);
  lastCpu = process.cpuUsage();
  const taskErrors = typeof notes.task_errors === 'number' ? notes.task_errors : 0;
  const completed = typeof notes.tasks_completed === 'number' ? notes.tasks_completed : messages - failed;
  const spent = typeof notes.spent_usd === 'number' ? notes.spent_usd : 0;
  const cost = spent + (durationMs / 1_000) * (memoryMb / 1_024) * PRICE.perGbSecond + PRICE.perRequest;
  const values: Record<keyof typeof UNITS, number> = {
    request_rate: messages,
    response_time: durationMs,
    error_rate: messages === 0 ? 0 : (100 * Math.min(messages, failed + taskErrors)) / messages,
    active_connections: process.getActiveResourcesInfo().filter((resource) => resource.startsWith('TCP')).length,
    tasks_completed: completed,
    cost_per_task: cost / Math.max(1, completed),
    uptime: Math.round((Date.now() - startedAt) / 1_000),
    cpu_usage: durationMs === 0 ? 0 : Math.min(100, (cpu.user + cpu.system) / 10 / durationMs),
    memory_usage: process.memoryUsage.rss(),
    network_io: bytes,
  };
  const { messages_refused: refused, ...others } = notes;
  const all = typeof refused === 'number' ? { ...values, messages_refused: refused } : values;
  return embeddedMetrics(name, at, all, { message: 'batch', failed, ...others });
}

/** Any metrics of one agent as one EMF line. Units are those of {@link UNITS}, else Count. */
export function embeddedMetrics(
  agent: string,
  at: number,
  values: Readonly<Record<string, number>>,
  fields: Readonly<Record<string, unknown>> = {},
): string {
  const units: Readonly<Record<string, string>> = { ...UNITS, cost_per_run: 'None' };
  const metrics = Object.keys(values).map((metric) => ({ Name: metric, Unit: units[metric] ?? 'Count' }));
  const directive = { Namespace: NAMESPACE, Dimensions: [['agent']], Metrics: metrics };
  return JSON.stringify({ ...fields, agent, ...values, _aws: { Timestamp: at, CloudWatchMetrics: [directive] } });
}
