import { apiUrlOf, streamUrlOf } from '../cloud/api-url.ts';
import type { Target } from '../cloud/target.ts';
import { paint } from './text.ts';

const OUTPUTS = [
  'BusName',
  'CoordinatorQueueUrl',
  'IntakeQueueUrl',
  'StateTableName',
  'RegistryTableName',
  'BlobBucketName',
  'EtlDataBucketName',
  'DashboardName',
];

/** Commands to go on with, and the names of what was deployed. */
export function whereToLook(target: Target, runId: string): string {
  const { outputs, settings } = target;
  const short = runId.slice(0, 12);
  const commands = [
    [`npx muster status ${short}`, 'each task: agent, attempts, why it was chosen'],
    [`npx muster logs ${short}`, 'what every Lambda logged about it'],
    ['npx muster query "select * from fact_flights limit 5"', 'SQL over the mart; "show tables" lists it'],
    ['npx muster run etl.flight-mart --wait', 'another run'],
    ['npx muster agents', 'who does what'],
    ['npx muster token --role operator', 'a token for the HTTP API'],
  ];
  const width = Math.max(...commands.map(([command = '']) => command.length));
  const names = OUTPUTS.flatMap((name) => (outputs[name] ? [`  ${paint.dim(name.padEnd(22))}${outputs[name]}`] : []));
  const api = apiUrlOf(target);
  const stream = streamUrlOf(target);
  return [
    paint.bold('Where to look next'),
    ...commands.map(([command = '', what = '']) => `  ${command.padEnd(width)}  ${paint.dim(what)}`),
    '',
    ...(api === undefined
      ? []
      : [`${paint.bold('The HTTP API')}\n  ${api}\n  ${paint.dim(`what it knows: ${api}/openapi.json`)}`, '']),
    ...(stream === undefined ? [] : [`${paint.bold('The WebSocket')}\n  ${stream}`, '']),
    paint.bold('What was deployed'),
    ...names,
    ...(settings.endpoint ? [`  ${paint.dim('endpoint'.padEnd(22))}${settings.endpoint}`] : []),
  ].join('\n');
}
