import { describe, expect, test } from '@jest/globals';
import { jsonLogger, type LogLevel, logLevelOf } from '../../../lambdas/adapters/json-logger.ts';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import { SystemError } from '../../../lambdas/contracts/errors.ts';

function logging(level: LogLevel = 'info') {
  const lines: string[] = [];
  const options = { level, clock: virtualClock(), fields: { agent: 'etl-loader' } };
  return { lines, logger: jsonLogger({ ...options, write: (line) => void lines.push(line) }) };
}
const logged = (fields: Record<string, unknown>, level: LogLevel = 'info') => {
  const { lines, logger } = logging(level);
  logger.info('done', fields);
  return JSON.parse(lines[0] ?? '');
};

describe('the logger', () => {
  test('writes one line of JSON with level, time, message and fields', () => {
    const { lines, logger } = logging();
    logger.warn('two\nlines', { rows: 3, nested: { big: 10n } });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      ...{ level: 'warn', timestamp: '2026-01-01T00:00:00.000Z', message: 'two\nlines', agent: 'etl-loader' },
      ...{ rows: 3, nested: { big: '10' } },
    });
  });

  test('is silent below its level', () => {
    const { lines, logger } = logging('warn');
    logger.debug('no');
    logger.info('no');
    logger.warn('yes');
    logger.error('yes');
    expect(lines).toHaveLength(2);
  });

  test.each([
    ['a password', { password: 'hunter2' }],
    ['a password by another name', { dbPasswd: 'hunter2' }],
    ['a token in camel case', { taskToken: 'hunter2' }],
    ['a token in snake case, deep inside', { a: [{ b: { task_token: 'hunter2' } }] }],
    ['everything under a secret key', { credentials: { user: 'hunter2', more: ['hunter2'] } }],
    ['an authorization header', { headers: { Authorization: 'Bearer hunter2' } }],
    ['a bearer token in a text', { text: 'sent Authorization: Bearer hunter2hunter2' }],
    ['the credentials of a URL', { url: 'postgres://muster:hunter2@localhost:5432/db' }],
    ['a connection string', { dsn: "host=db password='hunter2 hunter2' user=x" }],
    ['JSON in a text', { body: '{"clientSecret":"hunter2"}' }],
    ['a map', { map: new Map([['secret', 'hunter2']]) }],
    ['an error', { error: new Error('no route to postgres://a:hunter2@b/c') }],
    ['the cause of an error', { error: new Error('x', { cause: new Error('password=hunter2') }) }],
  ])('never shows %s', (_name, fields) => {
    expect(JSON.stringify(logged(fields))).not.toContain('hunter2');
    expect(JSON.stringify(logged(fields, 'debug'))).not.toContain('hunter2');
  });

  test('shows what only looks a little like a secret', () => {
    const fields = { tokens: 12, url: 'https://host:443/path?mail=a', passed: 'yes', ratio: 'a:b@c' };
    expect(logged(fields)).toMatchObject(fields);
  });

  test('shows code, class and details of an error, and its stack at debug only', () => {
    const error = new SystemError('bus_unavailable', 'try later', { bus: 'muster' });
    const shown = { name: 'SystemError', message: 'try later', code: 'bus_unavailable', class: 'system' };
    expect(logged({ error }).error).toEqual({ ...shown, details: { bus: 'muster' } });
    expect(logged({ error }, 'debug').error.stack).toContain('json-logger.test');
  });

  test('survives circles and endless texts', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(JSON.stringify(logged({ circle }))).toContain('[deeper]');
    expect(JSON.stringify(logged({ text: 'x'.repeat(1_000_000) })).length).toBeLessThan(10_000);
  });

  test('reads its level as people write it', () => {
    const read = ['DEBUG', 'warning', 'Error', 'loud', undefined].map(logLevelOf);
    expect(read).toEqual(['debug', 'warn', 'error', 'info', 'info']);
  });
});
