import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { ALARM_PERIOD, ImpactAlarm } from './impact-alarm.ts';
import type { RunbookHeading } from './runbook.ts';

const period = ALARM_PERIOD;

/** The age in seconds of the oldest message in any of the queues. */
export function oldestMessage(queues: readonly IQueue[]): IMetric {
  const ages = queues.map((queue) => queue.metricApproximateAgeOfOldestMessage({ period, statistic: 'Maximum' }));
  const [only] = ages;
  if (only && ages.length === 1) return only;
  return new MathExpression({
    expression: `MAX([${ages.map((_age, index) => `FILL(age${index}, 0)`).join(', ')}])`,
    usingMetrics: Object.fromEntries(ages.map((age, index) => [`age${index}`, age])),
    label: 'oldest message (s)',
    period,
  });
}

/** Dead letters that came in. Their Lambda takes them out at once, so those received count as much as those that lie there. */
export function deadLettersSeen(queue: IQueue): IMetric {
  return new MathExpression({
    expression: 'MAX([FILL(waiting, 0), FILL(taken, 0)])',
    usingMetrics: {
      waiting: queue.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
      taken: queue.metricNumberOfMessagesReceived({ period, statistic: 'Sum' }),
    },
    label: 'dead letters',
    period,
  });
}

export interface QueueAlarmsProps {
  readonly config: Config;
  /** Whose queues they are, such as "agent etl-loader". */
  readonly owner: string;
  readonly errorImpact: string;
  readonly queues: readonly IQueue[];
  readonly deadLetters: IQueue;
  readonly oldestSeconds: number;
  /** Default: `messages-wait-too-long`. */
  readonly oldestHeading?: RunbookHeading;
  /** Default: `messages-were-given-up-on`. */
  readonly deadLettersHeading?: RunbookHeading;
}

/** Goes off when messages wait, and when one was given up on. */
export class QueueAlarms extends Construct {
  constructor(scope: Construct, id: string, props: QueueAlarmsProps) {
    super(scope, id);
    const { config, owner, errorImpact, oldestSeconds } = props;
    if (props.queues.length > 0)
      new ImpactAlarm(this, 'Oldest', {
        config,
        errorImpact,
        what: `A message to ${owner} has waited for ${oldestSeconds} s or longer`,
        heading: props.oldestHeading ?? 'messages-wait-too-long',
        metric: oldestMessage(props.queues),
        threshold: oldestSeconds,
      });
    new ImpactAlarm(this, 'DeadLetters', {
      config,
      errorImpact,
      what: `A message to ${owner} was given up on`,
      heading: props.deadLettersHeading ?? 'messages-were-given-up-on',
      metric: deadLettersSeen(props.deadLetters),
      threshold: 1,
    });
  }
}
