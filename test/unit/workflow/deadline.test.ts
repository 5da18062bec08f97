import { describe, expect, test } from '@jest/globals';
import { player } from '../../support/engine-player.ts';
import { registeredAgent, startRun, task, workflow } from '../../support/factories.ts';

const MINUTE = 60_000;
const hour = { timeoutSeconds: 3_600 };

describe('the deadline of a run', () => {
  const chain = workflow([task('a'), task('b', { dependsOn: ['a'] })], hour);

  test('decides in every turn: a report that comes after it dispatches nothing', () => {
    const run = player(chain);
    run.pass(60 * MINUTE);
    run.complete('a');
    expect(run.state).toMatchObject({ phase: 'failed', error: { code: 'workflow_deadline' } });
    expect(run.statuses()).toEqual({ a: 'cancelled', b: 'cancelled' });
  });

  test('does not come a moment too early', () => {
    const run = player(chain);
    run.pass(60 * MINUTE - 1);
    run.complete('a');
    expect(run.statuses()).toEqual({ a: 'completed', b: 'dispatched' });
  });

  test('comes before what a person says after it: the answer is refused', () => {
    const run = player(workflow([{ id: 'ask', ask: { question: 'go on?' } }, task('b', { dependsOn: ['ask'] })], hour));
    run.pass(61 * MINUTE);
    const events = run.decide('ask', 'approve');
    expect(run.state.phase).toBe('failed');
    expect(events).toContainEqual(expect.objectContaining({ type: 'message_refused', code: 'decision_refused' }));
  });

  test('is noticed even when the run is only started again', () => {
    const run = player(chain);
    run.pass(60 * MINUTE);
    run.turn([startRun(chain)]);
    expect(run.state.error?.code).toBe('workflow_deadline');
  });

  test('of a compensation lets the last undo that is heard of count', () => {
    const undo = { type: 'work', input: {} };
    const run = player(workflow([task('a', { undo }), task('b', { dependsOn: ['a'] })], hour));
    run.complete('a');
    run.fail('b', 'data');
    expect(run.state.phase).toBe('compensating');
    run.pass(60 * MINUTE);
    run.complete('a.undo');
    expect(run.task('a.undo').status).toBe('completed');
    expect(run.state).toMatchObject({ phase: 'failed', error: { code: 'broken' } });
  });

  test('of a compensation ends it, whatever comes in', () => {
    const undo = { type: 'work', input: {} };
    const run = player(workflow([task('a', { undo }), task('b', { undo, dependsOn: ['a'] })], hour));
    run.complete('a', 'b');
    expect(run.state.phase).toBe('completed');
    const late = player(
      workflow([task('a', { undo }), task('b', { undo, dependsOn: ['a'] }), task('c', { dependsOn: ['b'] })], hour),
    );
    late.complete('a', 'b');
    late.fail('c', 'data');
    late.pass(60 * MINUTE);
    late.complete('b.undo');
    expect(late.statuses()).toMatchObject({ 'b.undo': 'completed', 'a.undo': 'cancelled' });
    expect(late.state.phase).toBe('failed');
  });
});

describe('a timer further off than a message can be delayed', () => {
  const waiting = workflow([{ id: 'wait', waitFor: { event: 'never' } }], { timeoutSeconds: 7_200 });

  test('is armed once more by the first turn that it is within reach of, and only by that', () => {
    const run = player(waiting, { agents: [registeredAgent()] });
    const { timer } = run.state;
    expect(run.wake(100 * MINUTE)).toEqual([]);
    expect(run.wake(10 * MINUTE)).toEqual([{ type: 'timer_armed', at: timer }]);
    expect(run.wake(5 * MINUTE)).toEqual([]);
    run.wake(5 * MINUTE);
    expect(run.state.error?.code).toBe('workflow_deadline');
  });
});
