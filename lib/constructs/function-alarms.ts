import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { ALARM_PERIOD, ImpactAlarm } from './impact-alarm.ts';
import type { RunbookHeading } from './runbook.ts';

/** An invocation that takes this share of its timeout is as good as timed out. */
const NEAR_TIMEOUT = 0.9;

export interface FunctionAlarmsProps {
  readonly config: Config;
  /** Who fails, such as "agent etl-loader". */
  readonly owner: string;
  readonly errorImpact: string;
  readonly fn: IFunction;
  readonly timeoutSeconds: number;
  readonly errorsHeading: RunbookHeading;
  /** Default: no alarm on the duration. */
  readonly durationHeading?: RunbookHeading;
}

/** Goes off when a Lambda fails as a whole, and when it comes near its timeout. */
export class FunctionAlarms extends Construct {
  constructor(scope: Construct, id: string, props: FunctionAlarmsProps) {
    super(scope, id);
    const { config, owner, errorImpact, fn, timeoutSeconds, durationHeading } = props;
    new ImpactAlarm(this, 'Errors', {
      config,
      errorImpact,
      what: `The Lambda of ${owner} failed`,
      heading: props.errorsHeading,
      metric: fn.metricErrors({ period: ALARM_PERIOD, statistic: 'Sum' }),
      threshold: 1,
    });
    if (durationHeading === undefined) return;
    const seconds = Math.floor(timeoutSeconds * NEAR_TIMEOUT);
    new ImpactAlarm(this, 'Duration', {
      config,
      errorImpact,
      what: `The Lambda of ${owner} took ${seconds} s or longer of its ${timeoutSeconds} s`,
      heading: durationHeading,
      metric: fn.metricDuration({ period: ALARM_PERIOD, statistic: 'Maximum' }),
      threshold: seconds * 1_000,
    });
  }
}
