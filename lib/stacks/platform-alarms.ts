import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { ALARM_PERIOD, ImpactAlarm } from '../constructs/impact-alarm.ts';
import { QueueAlarms } from '../constructs/queue-alarms.ts';
import type { QueueWithDlq } from '../constructs/queue-with-dlq.ts';
import type { PlatformQueues } from './platform-queues.ts';
import type { PlatformStores } from './platform-stores.ts';

export interface PlatformAlarmsProps {
  readonly config: Config;
  readonly queues: PlatformQueues;
  readonly stores: PlatformStores;
}

/** Alarms on what all runs share. */
export class PlatformAlarms extends Construct {
  constructor(scope: Construct, id: string, { config, queues, stores }: PlatformAlarmsProps) {
    super(scope, id);
    const watch = (name: string, { queue, deadLetters }: QueueWithDlq, oldestSeconds: number, errorImpact: string) =>
      new QueueAlarms(this, name, {
        config,
        owner: `the platform's ${name}`,
        errorImpact,
        queues: { queue },
        deadLetters,
        oldestSeconds,
        oldestHeading: 'the-coordinator-falls-behind',
      });
    watch(
      'Coordinator',
      queues.coordinator,
      120,
      'Runs stand still: tasks are not handed out, results are not taken in.',
    );
    watch('Intake', queues.intake, 120, 'Requests for workflows wait, and nobody has an answer.');
    watch('Timers', queues.timers, 900, 'Retries and deadlines come late, up to a minute after they were due.');
    watch('Monitor', queues.monitor, 900, 'Figures of agents are old; work goes on.');
    new QueueAlarms(this, 'Undelivered', {
      config,
      owner: "the platform's queues, or to a scheduled Lambda,",
      errorImpact: 'A request may not have been heard, or runs are woken late.',
      queues: {},
      deadLetters: queues.undelivered.queue,
      oldestSeconds: 0,
      deadLettersHeading: 'events-were-not-delivered',
    });
    new ImpactAlarm(this, 'OutOfPool', {
      config,
      what: 'An agent is out of the pool: it has failed, or somebody has taken it out',
      errorImpact: 'What only that agent can do waits; the rest goes to others, which have more to do.',
      heading: 'agents-are-out-of-the-pool',
      // Without a label, which would make it a metric of CloudWatch's other kind that the emulator's alarms do not know.
      metric: new Metric({
        ...{ namespace: 'Muster', metricName: 'agents_out_of_pool', dimensionsMap: { agent: 'monitor' } },
        ...{ statistic: 'Maximum', period: ALARM_PERIOD },
      }),
      threshold: 1,
    });
    new ImpactAlarm(this, 'BreakerOpen', {
      config,
      what: 'A service that an agent needs does not answer: its breaker is open',
      errorImpact: 'Work for that agent goes to others, or waits until a probe finds the service well.',
      heading: 'a-breaker-has-opened',
      metric: new Metric({
        ...{ namespace: 'Muster', metricName: 'breakers_open', dimensionsMap: { agent: 'monitor' } },
        ...{ statistic: 'Maximum', period: ALARM_PERIOD },
      }),
      threshold: 1,
    });
    new ImpactAlarm(this, 'StateThrottled', {
      config,
      what: 'DynamoDB refused writes to the state table',
      errorImpact: 'Every turn of the coordinator takes longer, and all runs with it.',
      heading: 'the-state-table-is-throttled',
      metric: stores.state.metric('WriteThrottleEvents', { period: ALARM_PERIOD, statistic: 'Sum' }),
      threshold: 10,
    });
  }
}
