import { describe, expect, test } from '@jest/globals';
import { readWfFormat } from '../../../bench/wf-format.ts';

interface Edited {
  schemaVersion?: unknown;
  specification?: unknown;
  execution?: unknown;
}

const SPECIFICATION = [
  { id: 'join', name: 'join', parents: ['left', 'right'], children: [] },
  { id: 'left', name: 'left', parents: ['split'], children: ['join'] },
  { id: 'right', name: 'right', parents: ['split'], children: ['join'] },
  { id: 'split', name: 'split', parents: [], children: ['left', 'right'] },
];
const EXECUTION = [
  { id: 'split', runtimeInSeconds: 1.25 },
  { id: 'left', runtimeInSeconds: 10 },
  { id: 'right', runtimeInSeconds: 0 },
  { id: 'join', runtimeInSeconds: 2 },
];

const instance = ({
  schemaVersion = '1.5',
  specification = SPECIFICATION,
  execution = EXECUTION,
}: Edited = {}): string =>
  JSON.stringify({
    name: 'diamond',
    schemaVersion,
    workflow: { specification: { tasks: specification, files: [] }, execution: { tasks: execution, machines: [] } },
  });

const reading = (edited: Edited) => (): unknown => readWfFormat('diamond.json', instance(edited));

describe('a WfFormat instance', () => {
  test('is read as tasks with parents first, and whole milliseconds', () => {
    expect(readWfFormat('diamond.json', instance())).toEqual([
      { id: 'split', parents: [], runtimeMs: 1_250 },
      { id: 'left', parents: ['split'], runtimeMs: 10_000 },
      { id: 'right', parents: ['split'], runtimeMs: 0 },
      { id: 'join', parents: ['left', 'right'], runtimeMs: 2_000 },
    ]);
  });

  test('that is no JSON, or of another version, is refused by file and field', () => {
    expect(() => readWfFormat('a/b.json', '{')).toThrow(/^a\/b\.json: \(root\): is not JSON/);
    expect(reading({ schemaVersion: '1.3' })).toThrow(/^diamond\.json: schemaVersion: /);
  });

  test('with a field missing or of the wrong kind names it', () => {
    const [first, ...others] = EXECUTION;
    expect(reading({ execution: [{ id: first?.id }, ...others] })).toThrow(
      /^diamond\.json: workflow\.execution\.tasks\[0\]\.runtimeInSeconds: /,
    );
    expect(reading({ execution: [{ ...first, runtimeInSeconds: -1 }, ...others] })).toThrow(
      /workflow\.execution\.tasks\[0\]\.runtimeInSeconds/,
    );
    expect(reading({ specification: [{ id: 'alone', children: [] }] })).toThrow(
      /workflow\.specification\.tasks\[0\]\.parents/,
    );
    expect(reading({ specification: [] })).toThrow(/workflow\.specification\.tasks/);
  });

  test('in which a task has no traced runtime, or a runtime no task, is refused', () => {
    expect(reading({ execution: EXECUTION.slice(1) })).toThrow(/workflow\.execution\.tasks: task "split" has no entry/);
    expect(reading({ execution: [...EXECUTION, { id: 'ghost', runtimeInSeconds: 1 }] })).toThrow(
      /workflow\.execution\.tasks\[4\]\.id: .*"ghost"/,
    );
  });

  test('in which an id comes twice is refused', () => {
    expect(reading({ execution: [...EXECUTION, ...EXECUTION.slice(0, 1)] })).toThrow(
      /workflow\.execution\.tasks\[4\]\.id: task "split" is there twice/,
    );
  });

  test('whose links lead nowhere, or say different things from both sides, is refused', () => {
    const [join, ...others] = SPECIFICATION;
    expect(reading({ specification: [{ ...join, parents: ['left', 'nobody'] }, ...others] })).toThrow(
      /tasks\[0\]\.parents: there is no task "nobody"/,
    );
    expect(reading({ specification: [{ ...join, parents: ['left'] }, ...others] })).toThrow(
      /tasks\[2\]\.children: names "join", whose parents do not name "right"/,
    );
  });

  test('that goes in a circle is refused', () => {
    const circle = [
      { id: 'a', parents: ['b'], children: ['b'] },
      { id: 'b', parents: ['a'], children: ['a'] },
    ];
    const execution = circle.map(({ id }) => ({ id, runtimeInSeconds: 1 }));
    expect(reading({ specification: circle, execution })).toThrow(/task "a" depends on itself/);
  });
});
