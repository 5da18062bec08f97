import { describe, expect, test } from '@jest/globals';
import { resultOf, visibleResults } from '../../../lambdas/workflow/results.ts';
import { player } from '../../support/engine-player.ts';
import { task, workflow } from '../../support/factories.ts';

const items = ['x', 'y'];
const definition = (group: { limit?: number; tolerate?: number } = {}) =>
  workflow(
    [
      task('one', { group: 'all' }),
      task('many', { group: 'all', forEach: { items } }),
      task('sum', { dependsOn: ['all'] }),
    ],
    { groups: { all: group } },
  );

describe('a group with a member that is made for each item', () => {
  test('gives its list, with the list of that member in its place', () => {
    const run = player(definition());
    run.complete('one', 'many.0');
    expect(run.statuses()).toMatchObject({ many: 'suspended', sum: 'waiting' });
    run.complete('many.1');
    const list = [{ value: { done: 'many.0' } }, { value: { done: 'many.1' } }];
    expect(visibleResults(run.state, run.task('sum'))).toEqual({
      all: { list: [{ value: { done: 'one' } }, { list }] },
    });
    expect(resultOf(run.state, run.state.indexOf.get('many') ?? -1)).toEqual({ list });
  });

  test('counts that member once: against its limit until all of its items are done, and as one failure', () => {
    const run = player(definition({ limit: 1, tolerate: 1 }));
    run.complete('one');
    expect(run.statuses()).toMatchObject({ 'many.0': 'dispatched', 'many.1': 'dispatched' });
    run.fail('many.0', 'data');
    expect(run.statuses()).toMatchObject({ many: 'failed', 'many.1': 'cancelled', sum: 'dispatched' });
    expect(visibleResults(run.state, run.task('sum'))).toEqual({ all: { list: [{ value: { done: 'one' } }, null] } });
  });

  test('has no room for another while that member works', () => {
    const run = player(
      workflow([task('many', { group: 'all', forEach: { items } }), task('late', { group: 'all' })], {
        groups: { all: { limit: 1 } },
      }),
    );
    run.complete('many.0');
    expect(run.task('late').status).toBe('waiting');
    run.complete('many.1');
    expect(run.task('late').status).toBe('dispatched');
  });
});
