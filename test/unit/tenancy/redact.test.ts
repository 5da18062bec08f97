import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRedactor } from '../../../lambdas/contracts/redact.ts';
import { asPlain } from '../../../lambdas/contracts/show.ts';

// Put together here, so that no scanner takes this file for a leak.
const JWT = ['eyJhbGciOiJFUzI1NiJ9', 'eyJzdWIiOiJhbm4ifQ', 'c2lnbmF0dXJl'].join('.');
const AWS_KEY = ['AKIA', 'IOSFODNN7EXAMPLE'].join('');
const PEM = ['-----BEGIN EC PRIVATE KEY-----', 'MHcCAQEEIA', '-----END EC PRIVATE KEY-----'].join('\n');
const CANARY = 'canary-7f3a9c51e2';

const redactor = createRedactor({ known: [CANARY] });

describe('what looks like a secret', () => {
  test.each([
    ['a token', `sent ${JWT} along`, JWT],
    ['an AWS key', `with ${AWS_KEY}.`, AWS_KEY],
    ['a private key', `it said ${PEM} to all`, 'MHcCAQEEIA'],
    ['a private key that was cut off', PEM.slice(0, 40), 'MHcCAQ'],
    ['a key of GitHub', `ghp_${'a1B2'.repeat(9)}`, 'a1B2a1B2'],
    ['a key of a model', `sk-proj-${'x9Y8'.repeat(6)}`, 'x9Y8x9Y8'],
    ['a password in a URL', 'postgres://reporting:hunter22@db.internal/etl', 'hunter22'],
    ['a header', 'Authorization: Bearer abcdefgh12345678', 'abcdefgh12345678'],
    ['a header in JSON', '{"authorization":"Basic dXNlcjpwYXNz"}', 'dXNlcjpwYXNz'],
    ['a setting', 'api_key=q1w2e3r4t5 and more', 'q1w2e3r4t5'],
    ['a setting in JSON', '{"client_secret": "s3cr3t-value"}', 's3cr3t-value'],
    ['a signed URL', 'https://b.s3.amazonaws.com/k?X-Amz-Signature=0a1b2c3d&X-Amz-Date=1', '0a1b2c3d'],
  ])('such as %s does not get out', (_, text, secret) => {
    expect(text).toContain(secret);
    const said = redactor.text(text);
    expect(said).not.toContain(secret);
    expect(said).toContain('[redacted');
  });

  test('leaves everything around it readable', () => {
    expect(redactor.text('could not reach postgres://app:hunter22@db/etl: refused')).toBe(
      'could not reach postgres://app:[redacted password]@db/etl: refused',
    );
  });

  test.each([
    'the secret "reporting/source" is not there',
    'token budget used up: 1000 tokens',
    'run_0123456789abcdef0123456789abcdef01234567',
    'password is wrong',
    '2026-11-21T12:00:00Z agent etl-extractor failed on row 7 of flights.csv',
    'task-4 waits for task-3',
  ])('is not seen in "%s"', (text) => {
    expect(redactor.text(text)).toBe(text);
  });
});

describe('a secret that is known', () => {
  test.each([
    ['as it is', CANARY],
    ['in base64', btoa(CANARY).replace('=', '')],
    ['in hexadecimal digits', Buffer.from(CANARY).toString('hex')],
    ['in a URL', encodeURIComponent(CANARY)],
  ])('does not get out %s', (_, spelled) => {
    expect(redactor.text(`see ${spelled}!`)).toBe('see [redacted secret]!');
  });

  test('does not get out of any document', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.array(fc.string(), { maxLength: 3 }), (value, keys) => {
        const planted = keys.reduceRight<unknown>((inner, key) => ({ [key]: inner, [`${key}${CANARY}`]: [inner] }), {
          value,
          said: `x${CANARY}y`,
        });
        const json = JSON.parse(JSON.stringify(planted));
        const clean = redactor.json(json);
        expect(JSON.stringify(clean)).not.toContain(CANARY);
        expect(redactor.json(clean)).toEqual(clean);
      }),
    );
  });

  test('of a few letters is not looked for: it would be found in every text', () => {
    expect(createRedactor({ known: ['abc'] }).text('abcdef')).toBe('abcdef');
  });
});

describe('fields', () => {
  test('that are called like secrets are emptied, and counts are not', () => {
    const json = {
      password: 'x',
      db_password: 'y',
      apiKey: 'z',
      tokens_used: 7,
      token_count: 3,
      items: [{ cookie: 'c' }],
    };
    expect(redactor.json(json)).toEqual({
      ...{ password: '[redacted secret]', db_password: '[redacted secret]', apiKey: '[redacted secret]' },
      ...{ tokens_used: 7, token_count: 3, items: [{ cookie: '[redacted secret]' }] },
    });
  });
});

describe('the report of a failure', () => {
  test('tells neither secrets, nor stack traces, nor where our code lies', () => {
    const error = new TypeError(`can't read ${CANARY} of undefined`);
    const stack = `${error.stack}\n    at read (/var/task/index.mjs:12:34)`;
    const report = redactor.report({
      ...{ code: 'processing_error', class: 'recoverable', message: `${stack}\nin /var/task/lib/x.js:1:2` },
      details: { secret: 'hunter22', file: 'flights.csv', row: 7 },
    });
    expect(report.message).toMatch(/^TypeError: can't read \[redacted secret\] of undefined/);
    expect(report.message).not.toMatch(/\bat |\/var\/task|\.ts|index\.mjs/);
    expect(report.details).toEqual({ secret: '[redacted secret]', file: 'flights.csv', row: 7 });
  });
});

describe('time', () => {
  test('grows with the length of a text, not with its square', () => {
    // Each would take minutes if one of the patterns looked back over what it has seen.
    const texts = [
      'eyJ-',
      '-eyJaaaaaaaa.',
      'sk-',
      'password',
      'a://b:',
      '-----BEGIN ',
      'Authorization:',
      '    at ',
      '/tmp/a/',
      'secret_access_',
    ];
    for (const piece of texts)
      expect(typeof redactor.text(piece.repeat(Math.ceil(200_000 / piece.length)))).toBe('string');
  });
});

describe('what is shown', () => {
  test('in a terminal moves no cursor and turns no text round', () => {
    expect(asPlain('a\u001b[2Jb\u202ec\nd\te\u0000')).toBe('a\\u001b[2Jb\\u202ec\nd\te\\u0000');
  });
});
