import { describe, expect, test } from '@jest/globals';
import type { TurnInput } from '../../../lambdas/workflow/turn.ts';
import { player } from '../../support/engine-player.ts';
import { RUN_ID, task, workflow } from '../../support/factories.ts';

const cancel = (request_id?: string): TurnInput => ({
  type: 'cancel_run',
  payload: { run_id: RUN_ID, reason: 'enough', requested_by: 'ann', ...(request_id !== undefined && { request_id }) },
});
const resume = (request_id = 'resume-1'): TurnInput => ({
  type: 'resume_run',
  messageId: 'resume-message',
  payload: { run_id: RUN_ID, request_id, requested_by: 'ann', reason: 'after all' },
});
const chain = workflow([task('a'), task('b', { dependsOn: ['a'] })], { escalate: 'fail' });

describe('a cancel that is delivered again', () => {
  test('with the resumption that followed it does not end the resumed run', () => {
    const run = player(chain);
    const batch = [cancel('cancel-1'), resume()];
    run.turn(batch);
    expect(run.state.phase).toBe('running');
    expect(run.turn(batch)).toEqual([]);
    run.complete('a', 'b');
    expect(run.state.phase).toBe('completed');
  });

  test('does not count even if the run had ended before it came the first time', () => {
    const run = player(chain);
    run.fail('a', 'data');
    const batch = [cancel('cancel-1'), resume()];
    run.turn(batch);
    expect(run.turn(batch)).toEqual([]);
    expect(run.state.phase).toBe('running');
  });

  test('after the run was taken up again is another one only under another id', () => {
    const run = player(chain);
    run.turn([cancel('cancel-1'), resume()]);
    run.turn([cancel('cancel-2')]);
    expect(run.state.phase).toBe('cancelled');
  });

  test('counts while what was done is taken back, as one', () => {
    const run = player(workflow([task('a', { undo: { type: 'work' } }), task('b', { dependsOn: ['a'] })]));
    run.complete('a');
    run.turn([cancel('cancel-1')]);
    expect(run.turn([cancel('cancel-1')])).toEqual([]);
    run.complete('b', 'a.undo');
    expect(run.state.phase).toBe('cancelled');
  });

  test('of a sender that gives no id counts as it always did', () => {
    const run = player(chain);
    run.turn([cancel(), resume()]);
    run.turn([cancel()]);
    expect(run.state.phase).toBe('cancelled');
  });
});
