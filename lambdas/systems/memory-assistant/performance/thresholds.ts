/*
 * The seed document's figures for agents, as data. Health thresholds are the platform's defaults as well (a manifest's
 * `health`); grades and trends are counted in grade-agents.ts.
 */

/** From here on an agent is not well. */
export const HEALTH_THRESHOLDS = { responseSeconds: 5, errorRate: 0.05, queueSize: 100 } as const;

/** What the seed document's monitor calls each crossing. */
export const HEALTH_ISSUES = {
  responseSeconds: 'High response time',
  errorRate: 'High error rate',
  queueSize: 'Message queue overload',
} as const;

/** A grade holds below both bounds; above the last it is D. Best first. */
export const GRADES = [
  { grade: 'A', errorRate: 0.01, seconds: 1 },
  { grade: 'B', errorRate: 0.05, seconds: 2 },
  { grade: 'C', errorRate: 0.1, seconds: 5 },
] as const;
export const WORST_GRADE = 'D';
export type Grade = (typeof GRADES)[number]['grade'] | typeof WORST_GRADE;

/** What a report looks back over, seconds. */
export const REPORT_SECONDS = 3_600;

/** How messages are batched and what is pooled. */
export const BATCH = { size: 10, waitMs: 1_000 } as const;
export const POOL = { connections: 10, workers: 4 } as const;

/** How one of several instances is chosen; the first is the default. The platform's names are the same. */
export const LOAD_STRATEGIES = ['least_loaded', 'round_robin', 'response_time'] as const;
