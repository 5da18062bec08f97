import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { RunbookHeading } from './runbook.ts';

export interface ImpactAlarmProps {
  readonly config: Config;
  /** What happened, in a few words. */
  readonly what: string;
  /** Who notices, and how. */
  readonly errorImpact: string;
  readonly heading: RunbookHeading;
  readonly metric: IMetric;
  /** The alarm goes off at this value or above. */
  readonly threshold: number;
  /** Periods in a row. Default: 1. */
  readonly periods?: number;
}

/** The period of every alarm's metric. */
export const ALARM_PERIOD = Duration.minutes(5);

/** An alarm whose text says who notices and what to do, where monitoring is on. */
export class ImpactAlarm extends Construct {
  constructor(scope: Construct, id: string, props: ImpactAlarmProps) {
    super(scope, id);
    const { alarmTopicArn, enabled, runbookUrl } = props.config.monitoring;
    if (!enabled) return;
    const alarm = new Alarm(this, 'Alarm', {
      alarmDescription: `${props.what}. errorImpact: ${props.errorImpact} Runbook: ${runbookUrl}#${props.heading}`,
      metric: props.metric,
      threshold: props.threshold,
      evaluationPeriods: props.periods ?? 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (alarmTopicArn) alarm.addAlarmAction(new SnsAction(Topic.fromTopicArn(this, 'Topic', alarmTopicArn)));
  }
}
