import { describe, expect, test } from '@jest/globals';
import { BUS_EVENTS } from '../../../lambdas/contracts/bus-events.ts';
import { ChannelName } from '../../../lambdas/contracts/channels.ts';
import { MESSAGE_SCHEMAS } from '../../../lambdas/contracts/messages.ts';
import { laneOf, PriorityLevel } from '../../../lambdas/contracts/priority.ts';

const run_id = `run_${'0'.repeat(40)}`;
const pathsOf = (result: { error?: { issues: ReadonlyArray<{ path: ReadonlyArray<PropertyKey> }> } | undefined }) =>
  result.error?.issues.map((issue) => issue.path.join('.'));

describe('a report', () => {
  const completed = { status: 'completed', task_id: 'a', attempt: 1, result: { value: 5 }, duration_ms: 3 };
  const failed = {
    status: 'failed',
    task_id: 'b',
    attempt: 2,
    duration_ms: 0,
    error: { code: 'x', class: 'data', message: 'y' },
  };
  const report = (updates: unknown[]) => MESSAGE_SCHEMAS.status_update.safeParse({ run_id, agent: 'worker', updates });

  test('speaks for up to a hundred tasks of one run', () => {
    expect(report([completed, failed]).success).toBe(true);
    expect(report(Array(100).fill(completed)).success).toBe(true);
    expect(pathsOf(report(Array(101).fill(completed)))).toEqual(['updates']);
    expect(pathsOf(report([]))).toEqual(['updates']);
  });

  test.each([
    ['a status that does not exist', { ...completed, status: 'done' }, 'updates.0.status'],
    ['attempt 0', { ...completed, attempt: 0 }, 'updates.0.attempt'],
    ['a negative duration', { ...completed, duration_ms: -1 }, 'updates.0.duration_ms'],
    ['a failure of no class', { ...failed, error: { code: 'x', class: 'bad', message: 'y' } }, 'updates.0.error.class'],
    ['a failure without its error', { ...failed, error: undefined }, 'updates.0.error'],
    ['a result that is neither value nor ticket', { ...completed, result: {} }, 'updates.0.result.value'],
  ])('with %s is refused by path', (_name, update, path) => {
    expect(pathsOf(report([update]))).toEqual([path]);
  });
});

describe('messages to the coordinator', () => {
  test.each(['run_', 'run_XYZ', `run_${'0'.repeat(39)}`, `run_${'0'.repeat(41)}`, ''])(
    'refuse the run id "%s"',
    (id) => {
      expect(pathsOf(MESSAGE_SCHEMAS.wake_run.safeParse({ run_id: id }))).toEqual(['run_id']);
    },
  );

  test('may carry definition and input by ticket', () => {
    const request = { request_id: 'r', tenant: 'default', correlation_id: 'c', requested_by: 'me', priority: 2 };
    const ref = { key: 'default/abc', bytes: 3, sha256: 'a'.repeat(64) };
    const start = { run_id, request, definition: { ref }, input: { value: {} } };
    expect(MESSAGE_SCHEMAS.start_run.parse(start)).toEqual(start);
    expect(pathsOf(MESSAGE_SCHEMAS.start_run.safeParse({ ...start, input: {} }))).toEqual(['input']);
  });
});

describe('bus events', () => {
  test("have the seed documents' names", () => {
    for (const name of ['workflow_started', 'task_completed', 'agent_failure', 'resource_threshold', 'coordination'])
      expect(Object.keys(BUS_EVENTS)).toContain(name);
  });

  test('a request needs nothing but its workflow', () => {
    expect(BUS_EVENTS.workflow_requested.parse({ workflow: 'etl.flight-mart' })).toEqual({
      workflow: 'etl.flight-mart',
      input: {},
    });
  });

  test.each([
    ['a workflow in capitals', { workflow: 'Mart' }, 'workflow'],
    ['an input that is a list', { workflow: 'mart', input: [] }, 'input'],
    ['an empty request id', { workflow: 'mart', request_id: '' }, 'request_id'],
    ['a priority of 9', { workflow: 'mart', priority: 9 }, 'priority'],
    ['a tenant with a dot', { workflow: 'mart', tenant: 'a.b' }, 'tenant'],
  ])('a request with %s is refused by field', (_name, detail, field) => {
    expect(pathsOf(BUS_EVENTS.workflow_requested.safeParse(detail))).toEqual([field]);
  });
});

describe('channels and lanes', () => {
  test.each(['channel.data_analysis.request', 'channel.system.error', 'channel.x'])('%s is a channel', (name) => {
    expect(ChannelName.safeParse(name).success).toBe(true);
  });

  test.each(['data_analysis.request', 'channel.', 'channel.a..b', 'channel.A', 'channel'])('%s is none', (name) => {
    expect(ChannelName.safeParse(name).success).toBe(false);
  });

  test('high and critical work has a lane of its own', () => {
    expect([1, 2, 3, 4].map((level) => laneOf(PriorityLevel.parse(level)))).toEqual([
      'standard',
      'standard',
      'express',
      'express',
    ]);
  });
});
