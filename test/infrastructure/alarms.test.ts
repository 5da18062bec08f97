import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { RUNBOOK } from '../../lib/constructs/runbook.ts';
import { greedy, modest } from './support/sample-system.ts';
import { ofType, synthesize } from './support/synthesize.ts';

const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
/** As GitHub makes anchors of headings. */
const anchors = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading = '']) =>
  heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-'),
);

describe.each(['local', 'dev', 'prod'])('alarms of stage %s', (stage) => {
  const { platform, system } = synthesize(stage);
  const texts = (resources: typeof platform) =>
    ofType(resources, 'AWS::CloudWatch::Alarm').map(([, alarm]) => String(alarm.AlarmDescription));

  test('each says who notices and links to a heading of the runbook', () => {
    const all = [...texts(platform), ...texts(system)];
    expect(all.length).toBeGreaterThan(20);
    for (const text of all) {
      expect(text).toMatch(/errorImpact: \S.{19,}/);
      const [, anchor] = /Runbook: docs\/runbook\.md#(\S+)$/.exec(text) ?? [];
      expect(anchors).toContain(anchor);
    }
  });

  test.each([greedy, modest])(
    'agent $name has an alarm for each way to fail, with its own errorImpact',
    ({ name, errorImpact }) => {
      const own = texts(system).filter((text) => text.includes(name));
      expect(own.every((text) => text.includes(errorImpact))).toBe(true);
      expect(own.map((text) => /#(\S+)$/.exec(text)?.[1]).sort()).toEqual([
        'an-agent-comes-near-its-timeout',
        'an-agent-fails',
        'messages-wait-too-long',
        'messages-wait-too-long',
        'messages-were-given-up-on',
      ]);
    },
  );
});

test('every heading that alarms can link to stands in the runbook under its own words', () => {
  for (const [anchor, heading] of Object.entries(RUNBOOK)) {
    expect(anchors).toContain(anchor);
    expect(runbook).toContain(`\n## ${heading}\n`);
  }
});

test('an agent out of the pool sets off an alarm, by the count that the monitor writes', () => {
  const alarms = ofType(synthesize('dev').platform, 'AWS::CloudWatch::Alarm').map(([, alarm]) => alarm);
  expect(alarms.filter(({ MetricName }) => MetricName === 'agents_out_of_pool')).toMatchObject([
    {
      Namespace: 'Muster',
      Dimensions: [{ Name: 'agent', Value: 'monitor' }],
      Statistic: 'Maximum',
      Period: 300,
      Threshold: 1,
      AlarmDescription: expect.stringContaining('#agents-are-out-of-the-pool'),
    },
  ]);
});

test("the seed documents' troubles have a heading each", () => {
  expect(anchors).toEqual(
    expect.arrayContaining(['messages-not-received', 'timeouts', 'high-queue-depth', 'message-loss']),
  );
});

test('links inside the runbook lead to headings of it', () => {
  const links = [...runbook.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
  expect(links.length).toBeGreaterThan(5);
  expect(anchors).toEqual(expect.arrayContaining(links));
});

test('without monitoring there are no alarms and no dashboards', () => {
  const { all } = synthesize('dev', { environment: { MONITORING_ENABLED: 'false' } });
  expect(ofType(all, 'AWS::CloudWatch::Alarm')).toEqual([]);
  expect(ofType(all, 'AWS::CloudWatch::Dashboard')).toEqual([]);
});

test('alarms tell the topic that the configuration names', () => {
  const topic = 'arn:aws:sns:eu-central-1:111122223333:alarms';
  const { all } = synthesize('dev', { environment: { MUSTER_ALARM_TOPIC_ARN: topic } });
  for (const [, alarm] of ofType(all, 'AWS::CloudWatch::Alarm')) expect(alarm.AlarmActions).toEqual([topic]);
});

test('the dashboard has a row for each agent: work, age, depth, errors, duration, dead letters', () => {
  const { system } = synthesize('dev');
  const [[, { DashboardBody: body }] = ['', {}]] = ofType(system, 'AWS::CloudWatch::Dashboard');
  const text = JSON.stringify(body);
  for (const { name } of [greedy, modest]) expect(text).toContain(`### ${name}`);
  for (const title of [
    'work in and out',
    'oldest message (s)',
    'queue_depth',
    'errors',
    'duration (ms)',
    'dead letters',
  ])
    expect(text.split(`\\"title\\":\\"${title}\\"`).length - 1).toBe(2);
});
