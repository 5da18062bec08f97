import { GRADES, type Grade, HEALTH_ISSUES, HEALTH_THRESHOLDS, REPORT_SECONDS, WORST_GRADE } from './thresholds.ts';

/** One task that an agent has done, or failed at. Times in ms. */
export interface Attempt {
  readonly agent: string;
  readonly from: number;
  readonly to: number;
  readonly ok: boolean;
}

/** The seed document's performance report of an agent. */
export interface PerformanceReport {
  readonly agent_id: string;
  readonly time_range_hours: number;
  readonly total_messages_processed: number;
  readonly error_rate: number;
  /** Seconds from dispatch to report. */
  readonly avg_response_time: number;
  readonly performance_grade: Grade;
}

/** A below 1 % errors and 1 s, B below 5 % and 2 s, C below 10 % and 5 s, else D. */
export function gradeOf(errorRate: number, seconds: number): Grade {
  return GRADES.find((bound) => errorRate < bound.errorRate && seconds < bound.seconds)?.grade ?? WORST_GRADE;
}

/** Reports of all agents that did anything in the last hour, by name. */
export function gradeAgents(
  attempts: readonly Attempt[],
  now: number,
  seconds: number = REPORT_SECONDS,
): PerformanceReport[] {
  const recent = attempts.filter(({ to }) => to > now - seconds * 1_000 && to <= now);
  return [...new Set(recent.map(({ agent }) => agent))].sort().map((agent) => {
    const own = recent.filter((attempt) => attempt.agent === agent);
    const errorRate = own.filter(({ ok }) => !ok).length / own.length;
    const response = own.reduce((sum, { from, to }) => sum + (to - from), 0) / own.length / 1_000;
    return {
      ...{ agent_id: agent, time_range_hours: seconds / 3_600, total_messages_processed: own.length },
      ...{ error_rate: errorRate, avg_response_time: response, performance_grade: gradeOf(errorRate, response) },
    };
  });
}

/** What the seed document's monitor says of an agent. */
export function healthOf(
  { error_rate, avg_response_time }: Pick<PerformanceReport, 'error_rate' | 'avg_response_time'>,
  queueSize: number,
): { is_healthy: boolean; issues: string[] } {
  const issues = [
    ...(avg_response_time > HEALTH_THRESHOLDS.responseSeconds ? [HEALTH_ISSUES.responseSeconds] : []),
    ...(error_rate > HEALTH_THRESHOLDS.errorRate ? [HEALTH_ISSUES.errorRate] : []),
    ...(queueSize > HEALTH_THRESHOLDS.queueSize ? [HEALTH_ISSUES.queueSize] : []),
  ];
  return { is_healthy: issues.length === 0, issues };
}
