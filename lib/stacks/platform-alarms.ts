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
