import { writeFileSync } from 'node:fs';
import { contractsDocument } from './docs/contracts.ts';

/** `npm run docs`: writes the pages that are made from code. */
const page = new URL('../docs/contracts.md', import.meta.url);
writeFileSync(page, contractsDocument());
console.log(`wrote ${page.pathname}`);
