import * as z from 'zod';
import { DataError } from '../../../contracts/errors.ts';
import { StandardForm } from '../prepare/standard-form.ts';

/** What text agents work on: a text as it is, or what `input.prepare` has made of an input. */
export const textInput = {
  text: z.string().max(500_000).optional(),
  document: StandardForm.optional(),
};

/** The text itself. @throws DataError `input_empty`, `input_unreadable` */
export function textOf({ text, document }: { text?: string | undefined; document?: StandardForm | undefined }): string {
  const given = text ?? document?.text;
  if (given === undefined) throw new DataError('input_empty', 'there is neither a `text` nor a `document`');
  if (given.trim() !== '') return given;
  if (document !== undefined)
    throw new DataError(
      'input_unreadable',
      `there is no text in this ${document.media_type}: ${document.warnings.join('; ')}`,
    );
  throw new DataError('input_empty', 'the text is empty');
}
