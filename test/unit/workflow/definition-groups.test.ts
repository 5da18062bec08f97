import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkAddedTasks, checkDefinition } from '../../../lambdas/workflow/definition.ts';
import { faultOf } from './definition-fault.ts';
import '../../support/property-tests.ts';

const task = (id: string, dependsOn: string[] = [], group?: string) => ({
  id,
  type: 'x',
  dependsOn,
  ...(group !== undefined && { group }),
});
const check = (tasks: object[], ...groups: string[]) =>
  checkDefinition({ name: 'demo', tasks, groups: Object.fromEntries(groups.map((name) => [name, {}])) });

describe('groups', () => {
  test('are depended on like tasks, also before they have members', () => {
    expect(() => check([task('a', [], 'g'), task('b', ['g', 'empty'])], 'g', 'empty')).not.toThrow();
  });

  test('must be declared', () => {
    const fault = faultOf(() => check([task('a', [], 'part')], 'parts'));
    expect(fault).toMatchObject({ code: 'unknown_group', field: 'tasks.0.group' });
    expect(fault.message).toContain('did you mean "parts"?');
    expect(faultOf(() => check([task('a', [], 'constructor')])).code).toBe('unknown_group');
  });

  test('share their names with tasks', () => {
    const fault = faultOf(() => check([task('a'), task('parts')], 'parts'));
    expect(fault).toMatchObject({ code: 'duplicate_task', field: 'tasks.1.id' });
  });

  test('may not have names of the engine', () => {
    expect(faultOf(() => check([task('a')], 'g.0'))).toMatchObject({ code: 'reserved_name', field: 'groups.g.0' });
  });

  test('are never waited for by their own members', () => {
    const fault = faultOf(() => check([task('a', ['g'], 'g')], 'g'));
    expect(fault).toMatchObject({ code: 'own_group', field: 'tasks.0.dependsOn.0' });
  });

  test('close circles, which are shown', () => {
    const fault = faultOf(() => check([task('z'), task('end', ['z', 'g']), task('a', ['end'], 'g')], 'g'));
    expect(fault).toMatchObject({ code: 'cyclic_graph', field: 'tasks.1.dependsOn.1' });
    expect(fault.message).toContain('end → g (group) → a → end');
    expect(fault.cycle).toEqual(['end', 'g', 'a', 'end']);
  });

  test('count with all their members against the limit of dependencies', () => {
    const members = Array.from({ length: 1_000 }, (_, index) => task(`m${index}`, [], 'g'));
    const others = Array.from({ length: 201 }, (_, index) => task(`o${index}`, ['g']));
    expect(() => check([...members, ...others.slice(1)], 'g')).not.toThrow();
    expect(faultOf(() => check([...members, ...others], 'g')).code).toBe('too_many_dependencies');
  });
});

describe('tasks that a run adds', () => {
  const existing = new Set(['plan', 'end']);
  const groups = new Set(['parts']);

  test('may join and wait for groups of the definition, and no others', () => {
    expect(() => checkAddedTasks(existing, groups, [task('a', ['plan'], 'parts'), task('b', ['parts'])])).not.toThrow();
    expect(faultOf(() => checkAddedTasks(existing, groups, [task('a', [], 'party')])).code).toBe('unknown_group');
    expect(faultOf(() => checkAddedTasks(existing, groups, [task('parts')])).code).toBe('duplicate_task');
  });

  test('are checked like those of a definition', () => {
    const bad = (fields: object) =>
      faultOf(() => checkAddedTasks(existing, groups, [{ ...task('a'), ...fields }])).code;
    expect(bad({ id: 'a.1' })).toBe('reserved_name');
    expect(bad({ value: 1 })).toBe('task_kind');
    expect(bad({ fallback: {} })).toBe('invalid_fallback');
    expect(bad({ sees: { results: ['plan'] } })).toBe('unknown_result');
    expect(bad({ input: '{% $results.plan %}' })).toBe('unknown_result');
  });

  test('may not join a group that waits for them by way of tasks the run has', () => {
    const waits: Record<string, string[]> = { end: ['parts'] };
    const run = { has: (id: string) => existing.has(id), size: 2, waitsFor: (name: string) => waits[name] ?? [] };
    const late = [task('a', ['end'], 'parts')];
    const fault = faultOf(() => checkAddedTasks(run, groups, late));
    expect(fault).toMatchObject({ code: 'cyclic_graph', field: 'tasks.0.dependsOn.0' });
    expect(fault.message).toContain('a → end → parts (group) → a');
    waits.end = [];
    expect(() => checkAddedTasks(run, groups, late)).not.toThrow();
  });
});

/** Tasks t0… and groups g0…, with dependencies and memberships anywhere. */
const graphs = fc
  .record({ tasks: fc.integer({ min: 1, max: 7 }), groups: fc.integer({ min: 0, max: 3 }) })
  .chain(({ tasks, groups }) => {
    const names = [
      ...Array.from({ length: tasks }, (_, index) => `t${index}`),
      ...Array.from({ length: groups }, (_, index) => `g${index}`),
    ];
    const member = fc.option(fc.integer({ min: 0, max: Math.max(0, groups - 1) }), { nil: undefined });
    const one = fc.record({ dependsOn: fc.subarray(names, { maxLength: Math.min(2, names.length) }), member });
    return fc.array(one, { minLength: tasks, maxLength: tasks }).map((list) => ({
      groups: names.slice(tasks),
      tasks: list.map(({ dependsOn, member: of }, index) =>
        task(`t${index}`, dependsOn, groups > 0 && of !== undefined ? `g${of}` : undefined),
      ),
    }));
  });

describe('any graph', () => {
  test('is refused exactly when something waits for itself, and the circle shown is one', () => {
    let refused = 0;
    let accepted = 0;
    fc.assert(
      fc.property(graphs, ({ tasks, groups }) => {
        const waitsFor = (name: string): string[] =>
          tasks.find(({ id }) => id === name)?.dependsOn ??
          tasks.filter(({ group }) => group === name).map(({ id }) => id);
        const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
          waitsFor(from).some((next) => next === to || (!seen.has(next) && reaches(next, to, seen.add(next))));
        const circular = tasks.some(({ id }) => reaches(id, id));
        try {
          check(tasks, ...groups);
          accepted += 1;
          expect(circular).toBe(false);
        } catch (error) {
          refused += 1;
          expect(circular).toBe(true);
          const { code, cycle } = faultOf(() => {
            throw error;
          });
          if (code === 'own_group') return;
          expect(code).toBe('cyclic_graph');
          const path = Array.isArray(cycle) ? cycle : [];
          expect(path.length).toBeGreaterThan(1);
          expect(path.at(0)).toBe(path.at(-1));
          for (const [index, name] of path.slice(1).entries()) expect(waitsFor(path[index])).toContain(name);
        }
      }),
      { numRuns: 400 },
    );
    expect(Math.min(refused, accepted)).toBeGreaterThan(50);
  });
});
