import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../../..');
const TEXT = readFileSync(join(ROOT, 'docs/requirements.md'), 'utf8');

interface Row {
  readonly section: string;
  readonly cells: readonly string[];
}

/** Every row of every table, with the heading that it stands below. */
function rowsOf(text: string): Row[] {
  let section = '';
  return text.split('\n').flatMap((line) => {
    if (line.startsWith('## ')) section = line.slice(3);
    const isRow = line.startsWith('| ') && !line.startsWith('| heading') && !line.startsWith('| named in');
    return isRow ? [{ section, cells: line.slice(2, -2).split(' | ') }] : [];
  });
}

/** What looks like a path of this project: it begins with one of its folders, or is a file at its root. */
const PATH = /^(?:(?:lambdas|lib|bin|bench|client|docs|test)(?:\/[\w.-]+)*|\.dependency-cruiser\.cjs)$/;
const pathsIn = (text: string): string[] =>
  [...text.matchAll(/`([^`\s]+)`/g)].flatMap(([, name = '']) => (PATH.test(name) ? [name] : []));

const ROWS = rowsOf(TEXT);
const SEEDS = ROWS.filter(({ section }) => !section.startsWith('Technologies'));

describe('docs/requirements.md', () => {
  test('has a table for each of the five seed documents', () => {
    expect([...new Set(SEEDS.map(({ section }) => section))]).toEqual([
      'Agent Interaction Patterns',
      'Agent Communication Data Flows',
      'Agent Orchestrated ETL · System Architecture Overview',
      'Async Inter-Agent Communication System',
      'Agent Pattern Architecture',
    ]);
  });

  test('names only files and folders that there are', () => {
    const missing = [...new Set(pathsIn(TEXT))].filter((path) => !existsSync(join(ROOT, path)));
    expect(missing).toEqual([]);
  });

  test('says of each heading where it is and which test proves it, or that it is not there yet', () => {
    const unproved = SEEDS.filter(({ cells: [, code = '', proof = ''] }) => {
      const isProved = pathsIn(proof).some((path) => path.endsWith('.test.ts'));
      return !isProved && !/not yet/i.test(`${code} ${proof}`);
    });
    expect(unproved).toEqual([]);
    expect(SEEDS.every(({ cells }) => cells.length === 3)).toBe(true);
  });

  test('leaves out no chapter of a seed that is in every version of it', () => {
    // Counted once from the documents; a row that goes must be missed.
    const counts = Map.groupBy(SEEDS, ({ section }) => section);
    expect([...counts.values()].map((rows) => rows.length)).toEqual([23, 17, 20, 33, 22]);
  });
});
