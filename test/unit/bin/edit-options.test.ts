import { describe, expect, test } from '@jest/globals';
import { editOf } from '../../../bin/commands/edit-options.ts';

describe('Changes given on the command line', () => {
  test('are none when nothing is named', () => {
    expect(editOf({})).toBeUndefined();
  });

  test('become one edit, the single options on top of the whole', () => {
    const edit = editOf({
      edit: '{"tasks": {"a": {"input": 1, "timeoutSeconds": 5}}, "version": 2}',
      taskInput: ['a={"x": "y=z"}', 'b=[1]'],
      agent: ['b=other'],
      anew: ['a', 'c'],
      parameters: ['planner={"model": "small"}'],
      version: '3',
      input: '{"day": 1}',
    });
    expect(edit).toEqual({
      tasks: {
        a: { input: { x: 'y=z' }, timeoutSeconds: 5, anew: true },
        b: { input: [1], agent: 'other' },
        c: { anew: true },
      },
      parameters: { planner: { model: 'small' } },
      version: 3,
      input: { day: 1 },
    });
  });

  test('are refused when they are none, naming the option', () => {
    expect(() => editOf({ agent: ['b'] })).toThrow('--agent b names nothing to change');
    expect(() => editOf({ taskInput: ['a={'] })).toThrow('--task-input is no JSON');
    expect(() => editOf({ version: 'newest' })).toThrow('the changes are not valid: version');
    expect(() => editOf({ edit: '[]' })).toThrow('--edit is no JSON object');
    expect(() => editOf({ edit: '{"speed": 1}' })).toThrow('the changes are not valid');
  });
});
