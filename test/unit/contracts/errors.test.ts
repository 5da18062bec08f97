import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import {
  DataError,
  ErrorReport,
  issuesOf,
  MusterError,
  NonRecoverableError,
  RecoverableError,
  reportOf,
  SystemError,
} from '../../../lambdas/contracts/errors.ts';

describe('an error', () => {
  test.each([
    [new DataError('bad_row', 'row 3 has no date', { row: 3 }), 'data'],
    [new NonRecoverableError('no_such_table', 'create it first'), 'non_recoverable'],
    [new RecoverableError('busy', 'try again'), 'recoverable'],
    [new SystemError('source_unreachable', 'is the database up?'), 'system'],
  ])('%s travels with its class, without its stack', (error, errorClass) => {
    expect(error).toBeInstanceOf(MusterError);
    const report = reportOf(error);
    expect(ErrorReport.parse(report)).toEqual(report);
    expect(report).toMatchObject({ code: error.code, class: errorClass, message: error.message });
    expect(JSON.stringify(report)).not.toContain('errors.test');
  });

  test('that nobody foresaw counts as recoverable and is cut to 500 characters', () => {
    expect(reportOf(new TypeError('x'.repeat(600)))).toEqual({
      code: 'processing_error',
      class: 'recoverable',
      message: 'x'.repeat(500),
    });
    expect(reportOf('a thrown text')).toMatchObject({ message: 'a thrown text' });
    expect(reportOf(new Error(''))).toMatchObject({ message: 'Error' });
  });

  test('keeps its cause for the log', () => {
    const cause = new Error('ECONNREFUSED');
    expect(new SystemError('source_unreachable', 'down', undefined, { cause }).cause).toBe(cause);
  });
});

test('issues read as one line each, with their path', () => {
  const schema = z.object({ a: z.object({ b: z.string('is a text') }), c: z.number('is a number') });
  const { error } = schema.safeParse({ a: { b: 1 } });
  expect(error && issuesOf(error)).toBe('a.b: is a text; c: is a number');
  const { error: atRoot } = z.string('is a text').safeParse(1);
  expect(atRoot && issuesOf(atRoot)).toBe('(root): is a text');
});
