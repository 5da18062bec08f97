import { describe, expect, test } from '@jest/globals';
import { SystemError } from '../../../lambdas/contracts/errors.ts';
import { keepSecrets } from '../../../lambdas/runtime/known-secrets.ts';

function container(secret: string) {
  const lines: unknown[] = [];
  const say = (message: string, fields?: Record<string, unknown>): void => void lines.push([message, fields]);
  const logger = { debug: say, info: say, warn: say, error: say };
  return { lines, ...keepSecrets({ secrets: { get: async () => secret }, logger }) };
}

describe('a secret that was told', () => {
  test('is in no line, however deep, and the error that it was in stays one', async () => {
    const { secrets, logger, lines } = container('s3cret-word');
    expect(await secrets.get('name')).toBe('s3cret-word');
    const cause = new Error('at s3cret-word');
    const error = new SystemError('down', 's3cret-word!', { a: ['s3cret-word'] }, { cause });
    logger.error('with s3cret-word', { error, deep: { list: [{ a: 's3cret-word' }] }, at: new Date(0) });
    const [line] = lines as [[string, { error: SystemError; at: Date }]];
    const [message, { error: said, at }] = line;
    expect(JSON.stringify([message, said.message, said.stack, said.details, said.cause])).not.toContain('s3cret');
    expect(said).toBeInstanceOf(SystemError);
    expect([said.code, said.class, said.name]).toEqual(['down', 'system', 'SystemError']);
    expect(at).toEqual(new Date(0));
    expect(error.message).toBe('s3cret-word!');
  });

  test('is in no report of a failure, whichever way it is written', async () => {
    const { secrets, update } = container('p@ss "word"');
    await secrets.get('name');
    const message = `p@ss "word" ${encodeURIComponent('p@ss "word"')}`;
    const error = { code: 'c', class: 'system' as const, message, details: { url: 'x:p@ss "word"@y' } };
    const said = update({ status: 'failed', task_id: 't', attempt: 1, duration_ms: 1, error });
    expect(JSON.stringify(said)).not.toMatch(/p@ss|p%40ss/);
  });

  test('is known by the parts of a document, too', async () => {
    const { secrets, update } = container('{"user":"u","password":"inside-of-it"}');
    await secrets.get('name');
    const error = { code: 'c', class: 'data' as const, message: 'no inside-of-it' };
    expect(update({ status: 'failed', task_id: 't', attempt: 1, duration_ms: 1, error })).toMatchObject({
      error: { message: 'no [redacted secret]' },
    });
  });

  test('leaves what agents answer alone', async () => {
    const { secrets, update } = container('s3cret-word');
    await secrets.get('name');
    const done = {
      status: 'completed' as const,
      task_id: 't',
      attempt: 1,
      duration_ms: 1,
      result: { value: 's3cret-word' },
    };
    expect(update(done)).toEqual(done);
  });
});
