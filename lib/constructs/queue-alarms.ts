import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { supports } from '../emulator-gaps.ts';
import { ALARM_PERIOD, ImpactAlarm } from './impact-alarm.ts';
import type { RunbookHeading } from './runbook.ts';

const period = ALARM_PERIOD;

/**
 * Dead letters that came in. Their Lambda takes them out at once, so those received count as much as those that lie there;
 * the latter alone tell of a Lambda that is cut off.
 */
export function deadLettersSeen(queue: IQueue, config: Config): IMetric {
  const taken = queue.metricNumberOfMessagesReceived({ period, statistic: 'Sum' });
  if (!supports(config, 'metricMath')) return taken;
  return new MathExpression({
    expression: 'MAX([FILL(waiting, 0), FILL(taken, 0)])',
    usingMetrics: { taken, waiting: queue.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }) },
    label: 'dead letters',
    period,
  });
}

export interface QueueAlarmsProps {
  readonly config: Config;
  /** Whose queues they are, such as "agent etl-loader". */
  readonly owner: string;
  readonly errorImpact: string;
  /** By the name that tells them apart. */
  readonly queues: Readonly<Record<string, IQueue>>;
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
    for (const [name, queue] of Object.entries(props.queues))
      new ImpactAlarm(this, `Oldest${name}`, {
        config,
        errorImpact,
        what: `A message to ${owner} has waited for ${oldestSeconds} s or longer (${name})`,
        heading: props.oldestHeading ?? 'messages-wait-too-long',
        metric: queue.metricApproximateAgeOfOldestMessage({ period, statistic: 'Maximum' }),
        threshold: oldestSeconds,
      });
    new ImpactAlarm(this, 'DeadLetters', {
      config,
      errorImpact,
      what: `A message to ${owner} was given up on`,
      heading: props.deadLettersHeading ?? 'messages-were-given-up-on',
      metric: deadLettersSeen(props.deadLetters, config),
      threshold: 1,
    });
  }
}
