import * as z from 'zod';
import { Json, JsonObject } from '../../../contracts/json.ts';
import { FileKey } from '../files.ts';

/** What somebody hands in: a value, or a file with its bytes or where they lie. */
export const RawInput = z
  .strictObject({
    input: Json.optional().describe('A text, or any JSON'),
    file: z
      .strictObject({
        name: z.string().min(1).max(255),
        base64: z.base64().max(36_000_000).optional(),
        key: FileKey.optional(),
      })
      .refine(({ base64, key }) => (base64 === undefined) !== (key === undefined), 'has either `base64` or `key`')
      .optional(),
    claims: z.string().max(100).optional().describe('The media type that its sender says it has, such as "text/csv"'),
    schema: JsonObject.optional().describe('JSON Schema (2020-12) that structured data must fit'),
  })
  .refine(({ input, file }) => (input === undefined) !== (file === undefined), 'has either `input` or `file`');
export type RawInput = z.infer<typeof RawInput>;

/** Whatever came in, as every agent of this system takes it. */
export const StandardForm = z.object({
  id: z.string().describe('sha256 of its bytes, hexadecimal: the same content, the same id'),
  kind: z.enum(['text', 'table', 'record', 'binary']),
  media_type: z.string().describe('As found, whatever was claimed'),
  found_by: z.enum(['magic bytes', 'content', 'shape']),
  claimed: z.string().optional(),
  claim_holds: z.boolean().optional(),
  name: z.string().optional(),
  title: z.string().optional(),
  language: z.string().describe('ISO 639-3, "und" when it can not be told'),
  bytes: z.number().int(),
  words: z.number().int(),
  text: z.string().describe('What can be read of it: NFC, LF, no control characters'),
  table: z
    .object({
      columns: z.array(z.string()),
      rows: z.number().int(),
      sample: z.array(z.array(z.string().nullable())).describe('The first rows, as text'),
    })
    .optional(),
  data: Json.optional().describe('Of a record: the data itself'),
  file: FileKey.optional().describe('Where the bytes lie'),
  cut: z.boolean().describe('There was more text than is kept here'),
  warnings: z.array(z.string()),
});
export type StandardForm = z.infer<typeof StandardForm>;

/** Sizes of inputs. */
export const INPUT_LIMITS = {
  /** Of a file. */
  bytes: 25 * 1024 * 1024,
  /** Of text that is handed on; what is longer is cut, and said to be. */
  characters: 500_000,
  /** Rows shown of a table. */
  sampleRows: 10,
  /** Characters of a cell, or of the name of a column, that is shown. */
  cell: 200,
  /** Columns of a table that are named and shown. */
  columns: 500,
  /** Of a compressed file, once it is unpacked: a bomb is refused on the way. */
  unpacked: 50 * 1024 * 1024,
} as const;
