import { describe, expect, test } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { openApiDocument } from '../../../../lambdas/contracts/api/open-api.ts';

/** Complaints of the linter about a document, one line each. */
async function complaints(document: object): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const problems = await lintFromString({ source: JSON.stringify(document), absoluteRef: 'openapi.json', config });
  return problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer ?? ''}`);
}

describe('the OpenAPI document', () => {
  test('has nothing that its linter complains about', async () => {
    expect(await complaints(openApiDocument())).toEqual([]);
  });

  test('would be complained about with a reference that leads nowhere', async () => {
    const spoiled = JSON.parse(JSON.stringify(openApiDocument()).replaceAll('schemas/Problem"', 'schemas/Problems"'));
    expect((await complaints(spoiled)).length).toBeGreaterThan(0);
  });
});
