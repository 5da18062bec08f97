import { describe, expect, test } from '@jest/globals';
import { parseExpression } from '../../../../lambdas/systems/etl/transform/expression.ts';
import { withDatabase } from './support/ask.ts';

const parse = (text: string) => withDatabase((db) => parseExpression(db, text));

describe('expressions of strangers', () => {
  test.each([
    ['a + b * 2 > 10 AND c IS NOT NULL', ['a', 'b', 'c']],
    ["CASE WHEN lower(name) LIKE 'x%' THEN 1 ELSE 0 END", ['name']],
    ["regexp_replace(trim(phone), '[^0-9]', '', 'g')", ['phone']],
    ['TRY_CAST("Cost Total $" AS BIGINT) BETWEEN 1 AND 5', ['Cost Total $']],
    ["d::DATE >= DATE '1995-01-01' -- a comment", ['d']],
    ["state IN ('TX', 'CA') OR coalesce(x, y) <> ''", ['state', 'x', 'y']],
  ])('%s is taken', async (text, columns) => {
    expect(await parse(text)).toEqual({ columns: expect.arrayContaining(columns) });
  });

  test.each([
    ['a; DROP TABLE extracted', 'does not parse'],
    ['1) FROM read_text((1)', 'not a statement'],
    ['1 FROM extracted', 'does not parse'],
    ['(SELECT max(x) FROM extracted)', 'subquerys are not allowed'],
    ["read_text('/etc/passwd')", 'function "read_text" is not allowed'],
    ["getenv('HOME')", 'function "getenv" is not allowed'],
    ["repeat('x', 1000000000)", 'function "repeat" is not allowed'],
    ['random() > 0.5', 'function "random" is not allowed'],
    ['sum(x)', 'function "sum" is not allowed'],
    ['row_number() OVER ()', 'windows are not allowed'],
    ['*', 'not allowed'],
    ['COLUMNS(*)', 'not allowed'],
    ['list_transform([1], x -> x)', 'not allowed'],
    ['a, b', 'function "row" is not allowed'],
    ['a AS b', 'does not parse'],
    ['a) + (b', 'does not parse'],
    ['a;', 'does not parse'],
    ['$1', 'not allowed'],
    ['a.b.c', 'is not a column'],
    ['x::INTEGER[]', 'type LIST is not allowed'],
    ['', 'does not parse'],
  ])('%s is refused', async (text, problem) => {
    expect(await parse(text)).toEqual({ problem: expect.stringContaining(problem) });
  });

  test('the database itself has no way to files outside its folder, to the network or to other settings', async () => {
    await withDatabase(async (db) => {
      await expect(db.rows("SELECT * FROM read_text('/etc/passwd')")).rejects.toThrow('disabled by configuration');
      await expect(db.run("COPY (SELECT 1) TO '/tmp/muster-escape.csv'")).rejects.toThrow('disabled by configuration');
      await expect(db.run('SET enable_external_access = true')).rejects.toThrow();
      await expect(db.run("SET memory_limit = '100GB'")).rejects.toThrow('locked');
    });
  });
});
