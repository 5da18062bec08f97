import { Duration } from 'aws-cdk-lib';
import { GraphWidget, type IMetric, type IWidget, Metric, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Config } from '../config.ts';
import type { AgentWorker } from './agent-worker.ts';
import { deadLettersSeen } from './queue-alarms.ts';

const period = Duration.minutes(1);
/** A row of CloudWatch's dashboard is 24 wide. */
const WIDTH = 4;

/** A metric that the runtime writes by EMF under one of the seed documents' names. */
export function musterMetric(agent: string, metricName: string, statistic: string): Metric {
  return new Metric({
    namespace: 'Muster',
    metricName,
    dimensionsMap: { agent },
    statistic,
    period,
    label: metricName,
  });
}

const graph = (title: string, left: IMetric[], right: IMetric[] = []): GraphWidget =>
  new GraphWidget({ title, left, right, width: WIDTH, height: 5, liveData: true });

const perLane = ({ inbox }: AgentWorker, metricOf: (queue: IQueue, lane: string) => IMetric): IMetric[] =>
  Object.entries(inbox).map(([lane, queue]) => metricOf(queue, lane));

/** Work in and out, age and depth of the inbox, errors, duration, dead letters: one agent on one line. */
export function agentRow(agent: AgentWorker, config: Config): IWidget[][] {
  const { name, description, errorImpact } = agent.manifest;
  const fn = agent.worker.fn;
  const title = new TextWidget({
    markdown: `### ${name}\n${description}. **If it fails:** ${errorImpact}`,
    width: 24,
    height: 2,
  });
  const received = perLane(agent, (queue, lane) =>
    queue.metricNumberOfMessagesSent({ period, statistic: 'Sum', label: `in, ${lane}` }),
  );
  return [
    [title],
    [
      graph('work in and out', [...received, musterMetric(name, 'tasks_completed', 'Sum')]),
      graph(
        'oldest message (s)',
        perLane(agent, (queue, lane) =>
          queue.metricApproximateAgeOfOldestMessage({ period, statistic: 'Maximum', label: lane }),
        ),
      ),
      graph(
        'queue_depth',
        perLane(agent, (queue, lane) =>
          queue.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum', label: lane }),
        ),
      ),
      graph(
        'errors',
        [fn.metricErrors({ period, statistic: 'Sum', label: 'invocations' })],
        [musterMetric(name, 'error_rate', 'Average')],
      ),
      graph('duration (ms)', [
        fn.metricDuration({ period, statistic: 'Maximum', label: 'longest' }),
        musterMetric(name, 'response_time', 'p95'),
      ]),
      graph(
        'dead letters',
        [deadLettersSeen(agent.deadLetters, config)],
        [musterMetric(name, 'cost_per_task', 'Average')],
      ),
    ],
  ];
}
