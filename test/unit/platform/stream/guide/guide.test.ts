import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { asyncApiDocument } from '../../../../../lambdas/contracts/async-api.ts';
import { CLIENT_FRAMES, SERVER_FRAMES } from '../../../../../lambdas/contracts/stream.ts';

const guide = readFileSync('docs/guides/streaming.md', 'utf8');
const code = [...guide.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);

describe('the guide on streaming', () => {
  test('has code that is what the compiler checks', () => {
    const checked = readFileSync('test/unit/platform/stream/guide/examples.ts', 'utf8');
    expect(code).toHaveLength(2);
    for (const text of code) expect(checked).toContain(text);
  });

  test('names every frame', () => {
    for (const name of [...Object.keys(CLIENT_FRAMES), ...Object.keys(SERVER_FRAMES)])
      expect(guide).toContain(`\`${name}\``);
  });
});

describe('docs/asyncapi.json', () => {
  test('is what the schemas say: npm run docs writes it', () => {
    expect(JSON.parse(readFileSync('docs/asyncapi.json', 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(asyncApiDocument())),
    );
  });

  test('refers to nothing that is not there', () => {
    const document: unknown = asyncApiDocument();
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);
    expect(references.length).toBeGreaterThan(50);
    for (const path of new Set(references))
      expect([path, at(document, path.split('/'))]).not.toEqual([path, undefined]);
  });
});

function at(value: unknown, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return at(new Map(Object.entries(value)).get(first), rest);
}
