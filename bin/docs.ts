import { writeFileSync } from 'node:fs';
import { openApiDocument } from '../lambdas/contracts/api/open-api.ts';
import { asyncApiDocument } from '../lambdas/contracts/async-api.ts';
import { contractsDocument } from './docs/contracts.ts';

/** `npm run docs`: writes the pages that are made from code. */
const PAGES = {
  'contracts.md': contractsDocument,
  'asyncapi.json': () => `${JSON.stringify(asyncApiDocument(), null, 2)}\n`,
  'openapi.json': () => `${JSON.stringify(openApiDocument(), null, 2)}\n`,
};
for (const [name, text] of Object.entries(PAGES)) {
  const page = new URL(`../docs/${name}`, import.meta.url);
  writeFileSync(page, text());
  console.log(`wrote ${page.pathname}`);
}
