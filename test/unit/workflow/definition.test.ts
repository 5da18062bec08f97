import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../lambdas/contracts/json.ts';
import {
  checkAddedTasks,
  checkDefinition,
  checkInput,
  checkTaskTypes,
  didYouMean,
  MAX_TASKS,
} from '../../../lambdas/workflow/definition.ts';
import { faultOf } from './definition-fault.ts';

/** Tasks from `{ b: ['a'] }`: b depends on a. */
const graph = (edges: Record<string, string[]>) => ({
  name: 'demo',
  tasks: Object.entries(edges).map(([id, dependsOn]) => ({ id, type: 'demo.step', dependsOn })),
});

describe('a definition', () => {
  test('that is sound comes back with its defaults', () => {
    const definition = checkDefinition(graph({ a: [], b: ['a'], c: ['a', 'b'] }));
    expect(definition).toMatchObject({ name: 'demo', version: 1, timeoutSeconds: 3600, events: 'task' });
  });

  test('with a malformed field is refused with the path to it', () => {
    const fault = faultOf(() => checkDefinition({ name: 'demo', tasks: [{ id: 'a', type: 'x', timeoutSeconds: -1 }] }));
    expect(fault).toMatchObject({ code: 'invalid_definition', field: 'tasks.0.timeoutSeconds' });
  });

  test('with a field nobody knows is refused with the path to it', () => {
    const fault = faultOf(() => checkDefinition({ name: 'demo', tasks: [{ id: 'a', type: 'x', retries: 3 }] }));
    expect(fault).toMatchObject({ code: 'invalid_definition', field: 'tasks.0.retries' });
  });

  test('that is not even an object is refused', () => {
    expect(faultOf(() => checkDefinition('demo'))).toMatchObject({ code: 'invalid_definition', field: '' });
  });

  test('with two tasks of one id is refused at the second', () => {
    const twice = {
      name: 'demo',
      tasks: [
        { id: 'a', type: 'x' },
        { id: 'b', type: 'x' },
        { id: 'a', type: 'x' },
      ],
    };
    expect(faultOf(() => checkDefinition(twice))).toMatchObject({ code: 'duplicate_task', field: 'tasks.2.id' });
  });

  test('that depends on an unknown task is refused, and the nearest name is offered', () => {
    const fault = faultOf(() => checkDefinition(graph({ extract: [], load: ['extarct'] })));
    expect(fault).toMatchObject({ code: 'unknown_dependency', field: 'tasks.1.dependsOn.0' });
    expect(fault.message).toContain('did you mean "extract"?');
  });

  test('that names a dependency twice is refused, for the engine counts them', () => {
    const fault = faultOf(() => checkDefinition(graph({ a: [], b: ['a', 'a'] })));
    expect(fault).toMatchObject({ code: 'duplicate_dependency', field: 'tasks.1.dependsOn.1' });
  });

  test('with a circle is refused with the whole path of the circle', () => {
    const fault = faultOf(() =>
      checkDefinition(graph({ start: [], a: ['start', 'b'], b: ['c'], c: ['a'], end: ['c'] })),
    );
    expect(fault).toMatchObject({ code: 'cyclic_graph', field: 'tasks.1.dependsOn.1' });
    expect(fault.message).toContain('a → b → c → a');
    expect(fault.cycle).toEqual(['a', 'b', 'c', 'a']);
  });

  test('with a task that waits for itself is refused', () => {
    expect(faultOf(() => checkDefinition(graph({ a: ['a'] }))).message).toContain('a → a');
  });

  test('whose output names no task is refused', () => {
    const fault = faultOf(() => checkDefinition({ ...graph({ a: [] }), output: ['a', 'z'] }));
    expect(fault).toMatchObject({ code: 'unknown_output', field: 'output.1' });
  });

  test('with more tasks than a run may have is refused', () => {
    const tasks = Array.from({ length: MAX_TASKS + 1 }, (_, index) => ({ id: `t${index}`, type: 'x' }));
    expect(faultOf(() => checkDefinition({ name: 'demo', tasks }))).toMatchObject({
      code: 'invalid_definition',
      field: 'tasks',
    });
  });

  test('with more dependencies than fit is refused', () => {
    const layer = Array.from({ length: 450 }, (_, index) => `a${index}`);
    const edges = Object.fromEntries([...layer.map((id) => [id, []]), ...layer.map((id) => [`b${id}`, layer])]);
    expect(faultOf(() => checkDefinition(graph(edges))).code).toBe('too_many_dependencies');
  });

  test('that is a chain of 20,000 tasks, backwards, is accepted', () => {
    const tasks = Array.from({ length: 20_000 }, (_, index) => ({
      id: `t${index}`,
      type: 'x',
      dependsOn: index < 19_999 ? [`t${index + 1}`] : [],
    }));
    expect(checkDefinition({ name: 'deep', tasks }).tasks).toHaveLength(20_000);
  });

  test('that is a circle of 20,000 tasks is refused with a message of bounded size', () => {
    const tasks = Array.from({ length: 20_000 }, (_, index) => ({
      id: `t${index}`,
      type: 'x',
      dependsOn: [`t${(index + 1) % 20_000}`],
    }));
    const fault = faultOf(() => checkDefinition({ name: 'round', tasks }));
    expect(fault.message).toContain('t0 → t1 → ');
    expect(fault.message.length).toBeLessThan(500);
  });
});

describe('tasks that a run adds', () => {
  const existing = new Set(['a', 'b']);
  const groups = new Set(['parts']);
  const task = (id: string, ...dependsOn: string[]) => ({ id, type: 'x', dependsOn });

  test('may depend on old and new tasks', () => {
    expect(() => checkAddedTasks(existing, groups, [task('c', 'a'), task('d', 'c', 'b')])).not.toThrow();
  });

  test('are refused when an id is taken, a dependency unknown, or they form a circle', () => {
    expect(faultOf(() => checkAddedTasks(existing, groups, [task('a')])).code).toBe('duplicate_task');
    expect(faultOf(() => checkAddedTasks(existing, groups, [task('c', 'z')])).code).toBe('unknown_dependency');
    expect(faultOf(() => checkAddedTasks(existing, groups, [task('c', 'd'), task('d', 'c')])).message).toContain(
      'c → d → c',
    );
  });

  test('are refused when the run would grow past its limit', () => {
    const many = { has: () => false, size: MAX_TASKS };
    expect(faultOf(() => checkAddedTasks(many, groups, [task('c')])).code).toBe('too_many_tasks');
  });
});

describe('task types', () => {
  const definition = checkDefinition({
    name: 'demo',
    tasks: [
      { id: 'a', type: 'etl.extract' },
      { id: 'b', type: 'etl.trasform' },
    ],
  });

  test('that nobody can do are refused with the nearest names', () => {
    const fault = faultOf(() => checkTaskTypes(definition, ['etl.extract', 'etl.transform', 'memory.recall']));
    expect(fault).toMatchObject({ code: 'unknown_task_type', field: 'tasks.1.type' });
    expect(fault.message).toContain('did you mean "etl.transform"');
    expect(fault.message).not.toContain('memory.recall');
  });

  test('that are all known pass', () => {
    expect(() => checkTaskTypes(definition, new Set(['etl.extract', 'etl.trasform']))).not.toThrow();
  });

  test('far from every known name get no suggestion', () => {
    expect(didYouMean('zzzzzz', ['etl.extract'])).toBe('');
  });
});

describe('the input of a run', () => {
  const input: JsonObject = {
    type: 'object',
    required: ['sources'],
    additionalProperties: false,
    properties: {
      sources: {
        type: 'object',
        additionalProperties: {
          type: 'object',
          required: ['kind'],
          properties: { kind: { enum: ['csv', 'postgres'] }, rows: { type: 'integer', minimum: 1, default: 5 } },
        },
      },
    },
  };
  const definition = { input };
  const fieldOf = (value: JsonObject) => faultOf(() => checkInput(definition, value)).field;

  test('that fits the schema passes, and nothing is filled in', () => {
    const value = { sources: { flights: { kind: 'csv' } } };
    checkInput(definition, value);
    expect(value).toEqual({ sources: { flights: { kind: 'csv' } } });
  });

  test('is refused with the path to the innermost fault', () => {
    expect(fieldOf({ sources: { flights: { kind: 'excel' } } })).toBe('input.sources.flights.kind');
    expect(fieldOf({ sources: { flights: {} } })).toBe('input.sources.flights.kind');
    expect(fieldOf({ sources: { flights: { kind: 'csv', rows: '7' } } })).toBe('input.sources.flights.rows');
    expect(fieldOf({})).toBe('input.sources');
    expect(fieldOf({ sources: {}, extra: 1 })).toBe('input.extra');
  });

  test('keeps odd property names readable in the path', () => {
    expect(fieldOf({ sources: { 'a/b ü#%': { kind: 1 } } })).toBe('input.sources.a/b ü#%.kind');
  });

  test('passes when the workflow has no schema', () => {
    expect(() => checkInput({}, { anything: true })).not.toThrow();
  });

  test('against a schema that can not be used blames the definition', () => {
    expect(faultOf(() => checkInput({ input: { $ref: '#/nowhere' } }, {}))).toMatchObject({
      code: 'invalid_definition',
      field: 'definition.input',
    });
  });
});
