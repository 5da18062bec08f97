import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { sourceHash } from '../../../bin/local/deploy.ts';

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

test.each(['MUSTER_MODELS', 'MUSTER_MCP', 'MUSTER_MEMORY_EMBEDDINGS'])(
  '%s counts for the local cloud, which is deployed anew when it changes',
  (variable) => {
    const nothing = mkdtempSync(join(tmpdir(), 'muster-deploy-'));
    const unset = sourceHash('http://localhost', nothing);
    process.env[variable] = '{}';
    expect(sourceHash('http://localhost', nothing)).not.toBe(unset);
  },
);
