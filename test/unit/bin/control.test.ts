import { describe, expect, test } from '@jest/globals';
import { valuesOf } from '../../../bin/commands/agent-params.ts';
import { editOf } from '../../../bin/commands/edit-options.ts';
import { scopeOf } from '../../../bin/commands/hold.ts';
import { answerTo } from '../../../bin/commands/request-answer.ts';
import { decisionsTable } from '../../../bin/views/decisions.ts';
import { historyTable, parametersTable } from '../../../bin/views/parameters-table.ts';
import { causesTable, messagesTable } from '../../../bin/views/parked-causes.ts';
import type { ParkedMessage } from '../../../lambdas/runtime/ports.ts';
import { openDecisions } from '../../../lambdas/views/open-decisions.ts';
import { causesOf, commonReason } from '../../../lambdas/views/parked-causes.ts';
import { viewOf } from '../../../lambdas/views/run-view.ts';
import type { RunEvent } from '../../../lambdas/workflow/events.ts';
import { NOW } from '../../support/factories.ts';
import { fold, started, suspended } from './journal.ts';

const loading = started([{ id: 'load', type: 'etl.load' }]);
const paused: RunEvent = { type: 'run_paused', reason: 'a new disk', by: 'ada', requestId: 'event-1' };
const refused: RunEvent = {
  ...{ type: 'message_refused', messageId: 'm1', code: 'already_paused', reason: 'it is paused already', by: 'ada' },
  request: 'pause',
  requestId: 'event-2',
};

describe('what is asked to pause, resume or cancel', () => {
  test('is a run, a tenant or all, and exactly one of them', () => {
    expect(scopeOf('run_1', {})).toBeUndefined();
    expect(scopeOf('run_1', { tenant: 'acme' })).toBeUndefined();
    expect(scopeOf(undefined, { tenant: 'acme' })).toBe('acme');
    expect(scopeOf(undefined, { all: true })).toBe('*');
    for (const odd of [{}, { tenant: 'acme', all: true }])
      expect(() => scopeOf(undefined, odd)).toThrow(/name a run, or --tenant NAME, or --all/);
    expect(() => scopeOf('run_1', { all: true })).toThrow(/name a run/);
  });

  test('counts once the journal has the request by the id of its event', () => {
    const before = fold([loading]);
    expect(answerTo(before, before, 'event-1')).toBeUndefined();
    expect(answerTo(fold([loading], [paused]), before, 'event-1')).toMatchObject({
      view: { status: 'running' },
    });
    expect(answerTo(fold([loading], [paused]), before, 'event-2')).toBeUndefined();
  });

  test('is refused with the reason that the journal gives for it, not for another', () => {
    const before = fold([loading], [paused]);
    const after = fold([loading], [paused], [refused]);
    expect(answerTo(after, before, 'event-2')).toEqual({ refused: 'it is paused already' });
    expect(answerTo(after, before, 'event-3')).toBeUndefined();
  });

  test('is too late when the run has ended meanwhile', () => {
    const ended: RunEvent = { type: 'run_cancelled', reason: 'enough', by: 'kim' };
    const answer = answerTo(fold([loading], [ended]), fold([loading]), 'event-1');
    expect(answer).toEqual({ refused: 'the run is cancelled by now' });
  });
});

test('parameters of agents for one run are set one by one or together', () => {
  expect(editOf({ set: ['reader.rows=5', 'reader.model=small'] })).toEqual({
    parameters: { reader: { rows: 5, model: 'small' } },
  });
  expect(editOf({ parameters: ['reader={"rows":1,"unit":"row"}'], set: ['reader.rows=2'] })).toEqual({
    parameters: { reader: { rows: 2, unit: 'row' } },
  });
  expect(() => editOf({ set: ['rows=5'] })).toThrow(/names no parameter of an agent/);
});

describe('parameters of an agent', () => {
  const schema = {
    properties: {
      rows: { type: 'integer', minimum: 1, maximum: 100, description: 'At once' },
      model: { type: 'string', enum: ['small', 'large'] },
    },
  };
  const defaults = { rows: 10, model: 'small' };
  const set = { version: 3, values: { rows: 5 }, set_by: 'ada', reason: 'less at once', at: NOW };

  test('are given as name=value, as JSON where it is some, and taken back by name', () => {
    expect(valuesOf(['rows=5', 'model=small', 'limits=[1,2]'], ['unit'])).toEqual({
      ...{ unit: null, rows: 5, model: 'small', limits: [1, 2] },
    });
    expect(() => valuesOf(['rows'])).toThrow(/"rows" sets nothing/);
  });

  test('are shown with what is set, what holds otherwise, and who set it', () => {
    const lines = parametersTable({ schema, defaults }, set).split('\n');
    expect(lines[1]).toMatch(/^rows +5 +10 +At once; 1–100$/);
    expect(lines[2]).toMatch(/^model +small +small \| large$/);
    expect(lines.at(-1)).toBe('version 3, set by ada: less at once');
  });

  test('have a history', () => {
    expect(historyTable([set], NOW)).toMatch(/3 .*ada +\{"rows":5\} +less at once/);
    expect(historyTable([], NOW)).toBe('nothing was ever set');
  });
});

describe('what is parked', () => {
  let count = 0;
  const parked = (reason: string, overrides: Partial<ParkedMessage> = {}): ParkedMessage => ({
    ...{ parkedId: `parked_${++count}`, queue: 'loader-dead', at: NOW + count, tenant: 'acme', messageId: `m${count}` },
    ...{ messageType: 'task_assignment', reason, body: '{}' },
    ...overrides,
  });

  test.each([
    [`run run_${'a1'.repeat(20)} timed out after 30.5 s`, 'run run_… timed out after # s'],
    ['no row 12,345 at 2026-01-01T10:11:12Z', 'no row # at #-#-#T#Z'],
    ['key 3f2504e0-4f89-11d3-9a0c-0305e82c3301 is gone', 'key … is gone'],
    ['blob deadbeef01 of acme is corrupt', 'blob … of acme is corrupt'],
    ['its consumer failed or crashed on every delivery', 'its consumer failed or crashed on every delivery'],
  ])('for "%s" is parked because "%s"', (reason, common) => {
    expect(commonReason(reason)).toBe(common);
  });

  test('is grouped by cause, whatever the ids and numbers, the most frequent first', () => {
    const messages = [
      parked('row 1 is too long', { runId: `run_${'a'.repeat(40)}` }),
      parked('the disk is full'),
      parked('row 22 is too long', { runId: `run_${'b'.repeat(40)}` }),
      parked('row 3 is too long', { queue: 'writer-dead' }),
    ];
    const causes = causesOf(messages);
    expect(causes.map(({ reason, queue, messages: of }) => [reason, queue, of.length])).toEqual([
      ['row # is too long', 'loader-dead', 2],
      ...[
        ['the disk is full', 'loader-dead', 1],
        ['row # is too long', 'writer-dead', 1],
      ].sort((a, b) => fingerprintOf(a) - fingerprintOf(b)),
    ]);
    expect(causesTable(causes, NOW)).toMatch(/[0-9a-f]{8} +2 +2 .*row # is too long/);

    function fingerprintOf([reason, queue]: Array<string | number>): number {
      return causes.findIndex((cause) => cause.reason === reason && cause.queue === queue);
    }
  });

  test('says what a redrive does, and that a flow needs none', () => {
    const runId = `run_${'a'.repeat(40)}`;
    const flowId = `flow_${'b'.repeat(40)}`;
    const tableOf = (overrides: Partial<ParkedMessage>): string => causesTable(causesOf([parked('x', overrides)]), NOW);
    expect(tableOf({ runId })).toContain('resumes its run');
    expect(tableOf({})).toContain('sends it again');
    expect(tableOf({ runId, flowId, messageType: 'ask_flow' })).toContain('not needed: the flow goes on by itself');
    expect(messagesTable([parked('x', { runId, flowId })], NOW)).toContain('flow_bbbbbbbb');
  });

  test('keeps its fingerprint from one look to the next', () => {
    const [first] = causesOf([parked('row 1 is too long')]);
    const [second] = causesOf([parked('row 2 is too long'), parked('row 5 is too long')]);
    expect(first?.fingerprint).toBe(second?.fingerprint);
    expect(first?.fingerprint).toMatch(/^[0-9a-f]{8}$/);
  });
});

test('a question that shows something has its digest, and is listed with what it shows', () => {
  const asking = started([{ id: 'check', ask: { question: 'Pay it?', shows: { total: 3 } } }]);
  const ask = suspended(0, {
    ...{ for: 'decision', id: 'check#1', question: 'Pay it?', options: ['approve', 'reject'] },
    ...{ shows: { value: { total: 3 } }, digest: 'd'.repeat(64) },
  });
  const [open] = openDecisions(viewOf(fold([asking], [ask])));
  expect(open).toMatchObject({ shows: { value: { total: 3 } }, digest: 'd'.repeat(64) });
  const line = decisionsTable(open ? [{ ...open, run_id: 'run_1', workflow: 'shop' }] : [], NOW);
  expect(line).toContain('Pay it? {"total":3}');
});
