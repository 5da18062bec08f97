import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { prompt } from '../../../../lambdas/runtime/models/prompt.ts';
import { buildBundle } from '../../../../lib/bundling/build.ts';
import text from '../../../support/models/prompts/summarize.md' with { type: 'text' };

const Variables = z.object({ reader: z.enum(['a child', 'an expert']), words: z.number().int(), text: z.string() });
const summarize = prompt(text, Variables);

describe('a prompt in a file', () => {
  test('is filled in with its variables', () => {
    expect(summarize({ reader: 'a child', words: 20, text: 'Long ago.' })).toBe(
      'Summarize the text for a child in at most 20 words.\n\n<text>\nLong ago.\n</text>\n',
    );
    expect(summarize.variables).toEqual(['reader', 'words', 'text']);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['is missing', { reader: 'a child', words: 20 }, /text: /],
    ['has the wrong type', { reader: 'a child', words: 'twenty', text: 'x' }, /words: /],
    ['is not one of those it may be', { reader: 'a dog', words: 20, text: 'x' }, /reader: /],
    ['has no place', { reader: 'a child', words: 20, text: 'x', tone: 'sad' }, /tone/],
  ])('says so when a variable %s', (_, variables, problem) => {
    // The compiler refuses these too; untyped callers learn it from the error.
    const untyped: (variables: never) => string = summarize;
    expect(() => untyped(variables as never)).toThrow(problem);
    expect(() => untyped(variables as never)).toThrow(
      expect.objectContaining({ code: 'prompt_variables_wrong', class: 'data' }),
    );
  });

  test('does not read for places what a variable holds', () => {
    expect(summarize({ reader: 'a child', words: 1, text: '{{words}} {{secret}} $& $1' })).toContain(
      '<text>\n{{words}} {{secret}} $& $1\n</text>',
    );
  });

  test('must name the variables that its schema names, or is an error where it is made', () => {
    expect(() => prompt('Hello {{name}}', z.object({}))).toThrow(/does not name: name/);
    expect(() => prompt('Hello', z.object({ name: z.string() }))).toThrow(/no place for: name/);
  });

  test('is part of the bundle of the Lambda that imports it', () => {
    const { files } = buildBundle({ entry: 'test/support/models/prompts/bundled.ts' });
    expect(Buffer.from(files[0]?.contents ?? []).toString('utf8')).toContain('Summarize the text for');
  });
});
