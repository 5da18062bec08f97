import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { zipSync } from 'fflate';
import { agent as preprocessor } from '../../../../lambdas/systems/task-agents/agents/preprocessor/agent.ts';
import type { StandardForm } from '../../../../lambdas/systems/task-agents/prepare/standard-form.ts';
import { createTestFleet } from '../../../../lambdas/testing/test-fleet.ts';
import { workflow } from '../../../support/factories.ts';
import { ARTICLE } from './support/texts.ts';

const PREPARE = workflow([{ id: 'prepare', type: 'input.prepare', input: '{% $input %}' }], { name: 'prepare' });

/** What a Word document's table of contents says. */
const WORD =
  '<Types><Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>';

async function prepared(input: object, seed: Readonly<Record<string, string | Uint8Array>> = {}, tenant = 'default') {
  const fleet = await createTestFleet({ agents: [preprocessor], workflows: [PREPARE], patienceMs: 2_000 });
  for (const [key, body] of Object.entries(seed)) await fleet.platform.world.bucket('task-files').write(key, body);
  const run = await fleet.run('prepare', JSON.parse(JSON.stringify(input)), { tenant });
  return {
    form: run.result?.prepare as StandardForm,
    error: run.error,
    files: fleet.platform.world.bucket('task-files'),
  };
}
const file = (name: string, body: string | Uint8Array, more: object = {}) => ({
  file: { name, base64: Buffer.from(body).toString('base64') },
  ...more,
});

describe('an input of each type becomes the standard form', () => {
  test('text: cleaned, with its language, its words and its title', async () => {
    const { form } = await prepared({ input: `# On lighthouses\r\n\r\n${ARTICLE}\u202e` });
    expect(form).toMatchObject({ kind: 'text', media_type: 'text/markdown', language: 'eng', title: 'On lighthouses' });
    expect(form.text).not.toMatch(/[\r\u202e]/);
    expect(form.words).toBeGreaterThan(130);
    expect(form.id).toMatch(/^[0-9a-f]{64}$/);
  });

  test('a file of comma-separated values: columns, rows and a sample, and its bytes are kept', async () => {
    const { form, files } = await prepared(file('sales 2026.csv', 'city,"sold, net"\nOslo,"1,200"\nBergen,7\n'));
    expect(form).toMatchObject({
      ...{ kind: 'table', media_type: 'text/csv', found_by: 'content', name: 'sales 2026.csv' },
      table: {
        columns: ['city', 'sold, net'],
        rows: 2,
        sample: [
          ['Oslo', '1,200'],
          ['Bergen', '7'],
        ],
      },
    });
    expect(form.file).toMatch(/^uploads\/[0-9a-f]{16}\/sales-2026\.csv$/);
    expect((await files.list('uploads/')).map(({ key }) => key)).toEqual([form.file]);
  });

  test('structured data: checked against its schema, readable field by field', async () => {
    const schema = { type: 'object', required: ['total'], properties: { total: { type: 'number' } } };
    const { form } = await prepared({ input: { total: 7, customer: { name: 'Ada' } }, schema });
    expect(form).toMatchObject({
      kind: 'record',
      media_type: 'application/json',
      found_by: 'shape',
      data: { total: 7 },
    });
    expect(form.text).toBe('total: 7\ncustomer.name: Ada');
  });

  test('binary: known by its magic bytes, and nothing is made up about what is in it', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    const { form } = await prepared(file('dot.png', png));
    expect(form).toMatchObject({
      kind: 'binary',
      media_type: 'image/png',
      found_by: 'magic bytes',
      text: '',
      words: 0,
    });
    expect(form.warnings[0]).toContain('nothing here reads it');
  });

  test.each([
    [
      'a list of flat objects is a table',
      { input: [{ a: 1 }, { a: 2, b: 'x' }] },
      { kind: 'table', table: { columns: ['a', 'b'], rows: 2 } },
    ],
    ['lines of JSON are one', { input: '{"a":1}\n{"a":2}\n' }, { kind: 'table', table: { columns: ['a'], rows: 2 } }],
    [
      'a page is its text',
      { input: '<!doctype html><title>T</title><script>x()</script><p>Hello <b>you</b></p><p>Bye</p>' },
      { media_type: 'text/html', title: 'T', text: 'Hello you\n\nBye' },
    ],
    [
      'semicolons part columns as well',
      { input: 'a;b\n1;2\n3;4' },
      { kind: 'table', table: { columns: ['a', 'b'], rows: 2 } },
    ],
    [
      'a packed file is unpacked once',
      file('x.csv.gz', gzipSync('a,b\n1,2\n')),
      { kind: 'table', media_type: 'text/csv' },
    ],
    [
      'a text with a byte order mark of UTF-16',
      file('x.txt', Buffer.from('\ufeffGrüße', 'utf16le')),
      { kind: 'text', text: 'Grüße' },
    ],
    [
      'old Windows text is read, and said to be',
      file('x.txt', Buffer.from('Gr\u00fc\u00dfe', 'latin1')),
      { text: 'Grüße', warnings: ['it is not UTF-8: read as Windows-1252'] },
    ],
    [
      'the last field of a row may be empty, and the name of the first column',
      file('x.tsv', '\ta\tb\n1\t2\t\n3\t4\t\n5\t\t\n'),
      { kind: 'table', media_type: 'text/tab-separated-values', table: { columns: ['', 'a', 'b'], rows: 3 } },
    ],
    [
      'a document of Word is known for one, though nothing here reads it',
      file('x.docx', zipSync({ '[Content_Types].xml': Buffer.from(WORD), 'word/document.xml': Buffer.from('<x/>') })),
      { kind: 'binary', media_type: expect.stringContaining('wordprocessingml'), found_by: 'magic bytes' },
    ],
    [
      'rows that are longer than what is looked at still make a table',
      file('x.csv', `a,b\n${`1,${'x'.repeat(15_000)}\n`.repeat(6)}`),
      { kind: 'table', table: { rows: 6 } },
    ],
    [
      'of very many columns the first are named, and the rest is told of',
      { input: [Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`c${at}`, at]))] },
      { table: { columns: expect.not.arrayContaining(['c500']) }, warnings: [expect.stringContaining('500 of 600')] },
    ],
    [
      'a German text is known for one',
      { input: 'Der Leuchtturm steht seit zweihundert Jahren an der Küste, und die Schiffe sehen ihn nachts.' },
      { language: 'deu' },
    ],
  ])('%s', async (_, input, expected) => {
    expect((await prepared(input)).form).toMatchObject(expected);
  });

  test('the same content has the same id, whatever it is called', async () => {
    const [one, other] = await Promise.all([
      prepared(file('a.txt', 'Hello there')),
      prepared(file('b.md', 'Hello there')),
    ]);
    expect(one.form.id).toBe(other.form.id);
  });

  test('a file that lies there already is read by its key; another tenant has its own', async () => {
    const seed = { 'in/a.csv': 'a,b\n1,2\n', 'tenants/acme/in/a.csv': 'c,d\n1,2\n3,4\n' };
    const input = { file: { name: 'a.csv', key: 'in/a.csv' } };
    expect((await prepared(input, seed)).form).toMatchObject({ file: 'in/a.csv', table: { columns: ['a', 'b'] } });
    expect((await prepared(input, seed, 'acme')).form).toMatchObject({ table: { columns: ['c', 'd'], rows: 2 } });
  });
});

describe('an input that was made to be expensive costs what its size does', () => {
  test.each<[string, string, object]>([
    ['a long run of spaces', `a${' '.repeat(200_000)}b`, { kind: 'text' }],
    ['a page of them', `<!doctype html><p>a${'<b> </b>'.repeat(250_000)}`, { media_type: 'text/html' }],
    ['a long title', `<!doctype html><title>${'t'.repeat(100_000)}</title><p>a`, { title: 't'.repeat(200) }],
    [
      'many values, each deep in a record: the text of it ends where it is cut',
      JSON.stringify(
        nested(
          50,
          Array.from({ length: 300_000 }, () => 1),
        ),
      ),
      { kind: 'record', cut: true },
    ],
  ])('%s', async (_, body, expected) => {
    const began = performance.now();
    const { form, error } = await prepared({ file: { name: 'x', key: 'x' } }, { x: body });
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(error).toBeUndefined();
    expect(form).toMatchObject(expected);
  });

  test('rows of a large table are counted one by one, not all held at once', async () => {
    const look = join(import.meta.dirname, '../../../../lambdas/systems/task-agents/prepare/look.ts');
    const code = `import(${JSON.stringify(look)}).then(async ({ look }) => {
      const { table } = await look(Buffer.from('1,2\\n'.repeat(2_000_000)), undefined);
      require('node:worker_threads').parentPort.postMessage(table.rows);
    });`;
    const worker = new Worker(code, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 96 } });
    const rows = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    expect(rows).toBe(1_999_999);
    await worker.terminate();
  }, 30_000);
});

/** Something inside of so many lists with long names. */
function nested(levels: number, inside: unknown): unknown {
  return levels === 0 ? inside : { ['name'.repeat(50)]: nested(levels - 1, inside) };
}

describe('what can not be used is refused, with the reason', () => {
  const bomb = gzipSync(Buffer.alloc(60 * 1024 * 1024));
  const zip = Buffer.from([
    0x50, 0x4b, 3, 4, 20, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 97,
  ]);
  test.each([
    ['an empty text', { input: '  \n ' }, 'input_empty'],
    ['an empty file', { file: { name: 'x', base64: '' } }, 'input_empty'],
    ['a file of nothing but spaces', file('x.txt', ' \n\n'), 'input_empty'],
    ['an encrypted zip archive', file('x.zip', zip), 'input_encrypted'],
    ['an encrypted PDF', file('x.pdf', '%PDF-1.7\n1 0 obj\n<< /Encrypt 2 0 R >>\n'), 'input_encrypted'],
    [
      'an archive whose second entry is encrypted, behind a folder',
      file('x.zip', lockedBehindFolder()),
      'input_encrypted',
    ],
    [
      'something encrypted in a packed file',
      file('x.gz', gzipSync('-----BEGIN PGP MESSAGE-----\nabc')),
      'input_encrypted',
    ],
    ['a file of age', file('x.txt', '-----BEGIN AGE ENCRYPTED FILE-----\nabc'), 'input_encrypted'],
    ['data that is nested without end', file('x.json', `${'['.repeat(5_000)}${']'.repeat(5_000)}`), 'input_malformed'],
    ['a schema that refers to itself', { input: { a: 1 }, schema: { allOf: [{ $ref: '#' }] } }, 'schema_refused'],
    [
      'a schema whose references multiply',
      { input: { a: 1 }, schema: { $ref: '#/$defs/d0', $defs: doubling(30) } },
      'schema_refused',
    ],
    ['a PGP message', file('x.txt', '-----BEGIN PGP MESSAGE-----\nabc'), 'input_encrypted'],
    [
      'a file of OpenSSL',
      file('x.bin', Buffer.concat([Buffer.from('Salted__'), Buffer.alloc(32, 7)])),
      'input_encrypted',
    ],
    ['a bomb', file('x.gz', bomb), 'input_bomb'],
    ['a packed file in a packed file', file('x.gz', gzipSync(gzipSync('a'))), 'input_bomb'],
    ['a broken packed file', file('x.gz', gzipSync('a,b\n1,2').subarray(0, 12)), 'input_malformed'],
    [
      'data that does not fit its schema',
      { input: { a: 'x' }, schema: { properties: { a: { type: 'number' } } } },
      'input_schema_mismatch',
    ],
    ['a text where a schema wants data', { input: 'hello there', schema: { type: 'object' } }, 'input_schema_mismatch'],
    [
      'a schema with patterns of a stranger',
      { input: { a: 'x' }, schema: { properties: { a: { pattern: '(a+)+$' } } } },
      'schema_refused',
    ],
    ['neither input nor file', {}, 'invalid_input'],
    ['a way out of the bucket', { file: { name: 'x', key: '../secrets.csv' } }, 'invalid_input'],
    ["another tenant's file", { file: { name: 'x', key: 'tenants/acme/x.csv' } }, 'invalid_input'],
    ['a file that is not there', { file: { name: 'x', key: 'nowhere.csv' } }, 'object_missing'],
  ])('%s', async (_, input, code) => {
    expect((await prepared(input)).error).toMatchObject({ code, class: 'data' });
  });

  test('a file that is too large, as soon as that can be seen', async () => {
    const { error } = await prepared(
      { file: { name: 'x.csv', key: 'x.csv' } },
      { 'x.csv': Buffer.alloc(26 * 1024 * 1024, 'a') },
    );
    expect(error).toMatchObject({ code: 'input_too_large', message: 'x.csv has more than 26214400 bytes' });
  });

  test('a wrong claim is no reason: what it is counts, and the claim is told', async () => {
    const { form } = await prepared(file('x.csv', 'a,b\n1,2\n', { claims: 'application/pdf' }));
    expect(form).toMatchObject({
      kind: 'table',
      media_type: 'text/csv',
      claimed: 'application/pdf',
      claim_holds: false,
    });
    expect(form.warnings).toContain('it was said to be application/pdf, and is text/csv');
  });

  test('a long text is cut, and said to be', async () => {
    const { form } = await prepared(
      { file: { name: 'x.txt', key: 'x.txt' } },
      { 'x.txt': 'a sentence. '.repeat(60_000) },
    );
    expect(form).toMatchObject({ cut: true, text: expect.any(String), words: expect.any(Number) });
    expect(form.text.length).toBe(500_000);
  });
});

/** Definitions each of which asks twice for the next one. */
function doubling(count: number): Record<string, object> {
  const twice = (at: number) => ({ anyOf: [{ $ref: `#/$defs/d${at + 1}` }, { $ref: `#/$defs/d${at + 1}` }] });
  return Object.fromEntries(
    Array.from({ length: count + 1 }, (_, at) => [`d${at}`, at === count ? { type: 'string' } : twice(at)]),
  );
}

/** As `zip -er` makes it: the folder comes first, and is not encrypted. */
function lockedBehindFolder(): Uint8Array {
  const zip = Buffer.from(zipSync({ 'in/': new Uint8Array(0), 'in/a.txt': Buffer.from('abc') }));
  const second = zip.lastIndexOf(Buffer.from('PK\u0001\u0002'));
  zip.writeUInt16LE(zip.readUInt16LE(second + 8) | 1, second + 8);
  return zip;
}
