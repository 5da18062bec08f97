import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric, MathExpression, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { musterMetric } from '../constructs/agent-row.ts';
import type { PlatformFunction } from '../constructs/platform-function.ts';
import type { PlatformFunctions } from './platform-functions.ts';
import type { PlatformQueues } from './platform-queues.ts';
import type { PlatformStores } from './platform-stores.ts';

const period = Duration.minutes(1);

export interface PlatformDashboardProps {
  readonly functions: PlatformFunctions;
  readonly queues: PlatformQueues;
  readonly stores: PlatformStores;
  readonly lifecycle: StateMachine;
}

const graph = (title: string, left: IMetric[], width = 6): GraphWidget =>
  new GraphWidget({ title, left, width, height: 6, liveData: true });

/** One of the seed documents' metrics for every agent there is, whatever stack it comes from. */
const ofEveryAgent = (metric: string, statistic: string): GraphWidget =>
  graph(metric, [
    new MathExpression({
      expression: `SEARCH('{Muster,agent} MetricName="${metric}"', '${statistic}', 60)`,
      label: '',
      usingMetrics: {},
      period,
    }),
  ]);

/** How the platform does, and every agent by the seed documents' metrics. Each system's own dashboard has a row per agent. */
export class PlatformDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, { functions, queues, stores, lifecycle }: PlatformDashboardProps) {
    super(scope, id);
    const { intake, coordinator, timers, sweeper, deadLetters, monitor, monitorSchedule, registrar } = functions;
    const all: Record<string, PlatformFunction> = {
      intake,
      coordinator,
      timers,
      sweeper,
      deadLetters,
      monitor,
      monitorSchedule,
      registrar,
    };
    const ofEach = (metricOf: (part: PlatformFunction, label: string) => IMetric): IMetric[] =>
      Object.entries(all).map(([label, part]) => metricOf(part, label));
    const waiting = {
      coordinator: queues.coordinator,
      intake: queues.intake,
      timers: queues.timers,
      monitor: queues.monitor,
    };
    const ofEachQueue = (metricOf: (queue: typeof queues.coordinator.queue, label: string) => IMetric): IMetric[] =>
      Object.entries(waiting).map(([label, { queue }]) => metricOf(queue, label));
    this.dashboard = new Dashboard(this, 'Dashboard', {
      widgets: [
        [new TextWidget({ markdown: '## The platform', width: 24, height: 1 })],
        [
          graph('runs', [
            lifecycle.metricStarted({ period, label: 'started' }),
            lifecycle.metricSucceeded({ period, label: 'completed' }),
            lifecycle.metricFailed({ period, label: 'failed' }),
          ]),
          graph(
            'waiting messages',
            ofEachQueue((queue, label) =>
              queue.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum', label }),
            ),
          ),
          graph(
            'oldest message (s)',
            ofEachQueue((queue, label) =>
              queue.metricApproximateAgeOfOldestMessage({ period, statistic: 'Maximum', label }),
            ),
          ),
          graph('state table, units', [
            stores.state.metricConsumedReadCapacityUnits({ period, label: 'read' }),
            stores.state.metricConsumedWriteCapacityUnits({ period, label: 'written' }),
          ]),
        ],
        [
          graph(
            'invocations',
            ofEach(({ fn }, label) => fn.metricInvocations({ period, label })),
            8,
          ),
          graph(
            'errors',
            ofEach(({ fn }, label) => fn.metricErrors({ period, label })),
            8,
          ),
          graph(
            'duration, p95 (ms)',
            ofEach(({ fn }, label) => fn.metricDuration({ period, statistic: 'p95', label })),
            8,
          ),
        ],
        [new TextWidget({ markdown: '## Agents', width: 24, height: 1 })],
        [
          ofEveryAgent('request_rate', 'Sum'),
          ofEveryAgent('response_time', 'p95'),
          ofEveryAgent('error_rate', 'Average'),
          ofEveryAgent('queue_depth', 'Maximum'),
        ],
        [
          ofEveryAgent('tasks_completed', 'Sum'),
          ofEveryAgent('cost_per_task', 'Average'),
          ofEveryAgent('active_connections', 'Maximum'),
          ofEveryAgent('uptime', 'Maximum'),
        ],
        [
          ofEveryAgent('cpu_usage', 'Average'),
          ofEveryAgent('memory_usage', 'Maximum'),
          ofEveryAgent('network_io', 'Sum'),
          graph('agents_out_of_pool', [musterMetric('monitor', 'agents_out_of_pool', 'Maximum')]),
        ],
        [
          graph('cost of models and tools ($)', [musterMetric('coordinator', 'cost_per_run', 'Sum')], 12),
          graph('tokens', [musterMetric('coordinator', 'tokens_per_run', 'Sum')], 12),
        ],
      ],
    });
  }
}
