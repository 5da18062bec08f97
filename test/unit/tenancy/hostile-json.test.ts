import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DataError } from '../../../lambdas/contracts/errors.ts';
import { parseHostileJson } from '../../../lambdas/contracts/hostile-json.ts';

/** What is refused, and where. */
function refusal(document: string | Uint8Array, bounds = {}): { code: string; field: unknown; message: string } {
  try {
    parseHostileJson(document, bounds);
  } catch (error) {
    if (error instanceof DataError) return { code: error.code, field: error.details?.field, message: error.message };
    throw error;
  }
  throw new Error('it was taken');
}
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('a document from outside', () => {
  test('comes through as JSON.parse reads it', () => {
    const honest = fc.jsonValue({ maxDepth: 8, noUnicodeString: false }).map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(honest, (text) => {
        fc.pre(!text.includes('__proto__') && !text.includes('\\u0000') && !/\\ud[89a-f]/.test(text));
        fc.pre(!/(^|[^.\de])-?\d{16,}($|[^.\de])/i.test(text));
        expect(parseHostileJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test.each([
    ['the prototype', '{"input":{"__proto__":{"admin":true}}}', 'forbidden_name', 'input'],
    ['the prototype in escapes', '{"\\u005f\\u005fproto__":1}', 'forbidden_name', ''],
    ['the prototype of a constructor', '{"a":[{"constructor":{"prototype":{}}}]}', 'forbidden_name', 'a.0.constructor'],
    ['a name twice', '{"tenant":"acme","tenant":"other"}', 'duplicate_name', 'tenant'],
    ['a name twice, once in escapes', '{"tenant":"acme","ten\\u0061nt":"other"}', 'duplicate_name', 'tenant'],
    ['NUL', '{"name":"a\\u0000b"}', 'nul_character', 'name'],
    ['NUL in a name', '{"a\\u0000":1}', 'nul_character', 'a?'],
    ['half a character', '{"name":"\\ud800"}', 'broken_text', 'name'],
    ['a number beyond all others', '{"rows":[1,1e999]}', 'number_too_large', 'rows.1'],
    ['a whole number that would lose digits', '{"id":9007199254740993}', 'number_too_large', 'id'],
    ['an endless number', `{"n":0.${'1'.repeat(500)}}`, 'number_too_large', 'n'],
    ['33 levels', nested(33), 'too_deep', undefined],
    ['what is no JSON', '{"a":}', 'malformed_json', ''],
    ['two documents', '{} {}', 'malformed_json', ''],
    ['nothing', '', 'malformed_json', ''],
  ])('with %s is refused, and says where', (_, document, code, field) => {
    const refused = refusal(document);
    expect(refused.code).toBe(code);
    if (field !== undefined) expect(refused.field).toBe(field);
  });

  test('may be as deep as its bound, and no deeper', () => {
    expect(() => parseHostileJson(nested(32))).not.toThrow();
    expect(refusal(`{"a":${nested(32)}}`).code).toBe('too_deep');
    expect(refusal(nested(130_000)).code).toBe('too_deep');
    expect(refusal(`${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`).code).toBe('too_deep');
  });

  test('may have as many bytes and values as its bounds, and no more', () => {
    expect(() => parseHostileJson('"éé"', { bytes: 6 })).not.toThrow();
    expect(refusal('"ééé"', { bytes: 6 }).code).toBe('body_too_large');
    expect(refusal(new Uint8Array(300_000).fill(0x20)).code).toBe('body_too_large');
    expect(() => parseHostileJson('[1,2]', { values: 3 })).not.toThrow();
    expect(refusal('[1,2,{"a":null}]', { values: 4 }).code).toBe('too_many_values');
  });

  test('whose bytes are no UTF-8 is refused', () => {
    const overlong = Uint8Array.from([0x22, 0xc0, 0xaf, 0x22]);
    const cut = Uint8Array.from([0x22, 0xe2, 0x82, 0x22]);
    const surrogate = Uint8Array.from([0x22, 0xed, 0xa0, 0x80, 0x22]);
    for (const bytes of [overlong, cut, surrogate]) expect(refusal(bytes).code).toBe('not_utf8');
    expect(parseHostileJson(new TextEncoder().encode('"naïve"'))).toBe('naïve');
  });

  test('keeps numbers that are only about so much, and large ones as texts', () => {
    expect(parseHostileJson('[6.022e23, 0.1, -9007199254740991, "9007199254740993"]')).toEqual([
      6.022e23,
      0.1,
      -9007199254740991,
      '9007199254740993',
    ]);
  });

  test('changes no prototype, whatever it says', () => {
    expect(() => parseHostileJson('{"constructor":{"name":"x"},"toString":1}')).not.toThrow();
    expect({}).not.toHaveProperty('name');
  });

  test('is refused without its own words in a terminal', () => {
    const { message } = refusal('{"\\u001b]0;owned\\u0007":{"__proto__":1}}');
    expect(message).toMatch(/^[\x20-\x7e]*$/);
  });

  test('never does anything but answer or refuse', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '\\u00',
      '0',
      '-1',
      'e9',
      'true',
      'null',
      '__proto__',
      'é',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        const text = parts.join('');
        const known = parses(text);
        try {
          parseHostileJson(text);
          expect(known).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
