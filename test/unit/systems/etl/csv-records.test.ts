import { describe, expect, test } from '@jest/globals';
import { type CsvRecord, csvRecords } from '../../../../lambdas/systems/etl/extract/csv-records.ts';

async function read(...chunks: Array<string | Uint8Array>): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  const stream = async function* () {
    yield* chunks;
  };
  for await (const record of csvRecords(stream(), ',')) records.push(record);
  return records;
}
const fieldsOf = (records: readonly CsvRecord[]) =>
  records.flatMap((record) => ('fields' in record ? [record.fields] : []));
const faultsOf = (records: readonly CsvRecord[]) => records.flatMap((record) => ('reason' in record ? [record] : []));

describe('CSV records', () => {
  test('quoted values keep delimiters, quotes and line breaks', async () => {
    const records = await read('a,b\n"x, y","say ""hi"""\n"two\nlines",z\n');
    expect(fieldsOf(records)).toEqual([
      ['a', 'b'],
      ['x, y', 'say "hi"'],
      ['two\nlines', 'z'],
    ]);
    expect(records.map(({ line }) => line)).toEqual([1, 2, 3]);
  });

  test('a byte order mark, Windows line ends, blank lines and a missing last line end do no harm', async () => {
    expect(fieldsOf(await read(new TextEncoder().encode('\uFEFFa,b\r\n\r\n1,2\r\n3,4')))).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  test('a character cut in two by a chunk of the stream arrives whole', async () => {
    const bytes = new TextEncoder().encode('a\nZürich\n');
    expect(fieldsOf(await read(bytes.slice(0, 4), bytes.slice(4)))).toEqual([['a'], ['Zürich']]);
  });

  test('a row with too few or too many values is set aside with its line and text, and reading goes on', async () => {
    const records = await read('a,b\n1,2\nonly one\n1,2,3\n5,6\n');
    expect(faultsOf(records)).toEqual([
      { line: 3, raw: 'only one', reason: '1 values where the header has 2' },
      { line: 4, raw: '1,2,3', reason: '3 values where the header has 2' },
    ]);
    expect(fieldsOf(records).at(-1)).toEqual(['5', '6']);
  });

  test('a quote that is never closed costs its own line, not the rest of the file', async () => {
    const lines = Array.from({ length: 500 }, (_, index) => `${index},x`);
    const records = await read(`a,b\n1,"oops\n${lines.join('\n')}\n`);
    expect(faultsOf(records)).toEqual([{ line: 2, raw: '1,"oops', reason: 'a quoted value is never closed' }]);
    expect(fieldsOf(records)).toHaveLength(501);
    expect(records.at(-1)).toEqual({ line: 502, fields: ['499', 'x'] });
  });

  test('a stray quote that a later one seems to close costs its own line as well', async () => {
    const records = await read('a,b\n1,"oops\n2,"fine"\n3,x\n');
    expect(faultsOf(records).map(({ line }) => line)).toEqual([2]);
    expect(fieldsOf(records).slice(1)).toEqual([
      ['2', 'fine'],
      ['3', 'x'],
    ]);
  });

  test('text after a closing quote, bytes that are no UTF-8 and NUL characters are malformed', async () => {
    const invalid = Uint8Array.from([...new TextEncoder().encode('1,'), 0xff, 0x0a]);
    const records = await read('a,b\n"x"y,1\n', invalid, '2,\0\n');
    expect(faultsOf(records).map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'text follows the closing quote of value 1'],
      [3, 'not valid UTF-8'],
      [4, 'contains a NUL character'],
    ]);
  });

  test('a line without end is cut and set aside instead of filling the memory', async () => {
    const records = await read('a,b\n', ...Array.from({ length: 40 }, () => 'x'.repeat(64 * 1024)), '\n1,2\n');
    const [fault] = faultsOf(records);
    expect(fault).toMatchObject({ line: 2, reason: 'the line is longer than 1 MiB' });
    expect(fault?.raw.length).toBe(4_000);
    expect(fieldsOf(records).at(-1)).toEqual(['1', '2']);
  });

  test('an empty file has no records', async () => {
    expect(await read('')).toEqual([]);
  });
});
