import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { forgeTokens } from './jose/forge-tokens.ts';
import { type Tally, tallyOf } from './jose/tally.ts';
import { encryptionVectors, signatureVectors } from './jose/wycheproof.ts';

const FILES = {
  signatures: ['json_web_signature_test.json', signatureVectors],
  keys: ['json_web_key_test.json', signatureVectors],
  encryption: ['json_web_encryption_test.json', encryptionVectors],
} as const;

/** Forgeries of tokens, and JOSE vectors of others: `--dir` with the files of Wycheproof. */
export const bench: Bench = {
  run: async ({ dir, progress }) => {
    const vectors: Record<string, Tally> = {};
    for (const [name, [file, check]] of Object.entries(FILES)) {
      if (dir === undefined) continue;
      const path = [join(dir, file), join(dir, 'wycheproof', file)].find((one) => existsSync(one));
      if (path === undefined) throw new Error(`${dir} has no ${file}: name a folder with Wycheproof's test vectors`);
      vectors[name] = tallyOf(await check(JSON.parse(readFileSync(path, 'utf8'))));
      progress(`${name}: ${JSON.stringify(vectors[name])}`);
    }
    if (dir === undefined) progress('no --dir: only forgeries of our own');
    const forgeries = await forgeTokens(100_000, progress);
    const all = Object.values(vectors);
    const sum = (of: (tally: Tally) => number): number => all.reduce((total, tally) => total + of(tally), 0);
    return {
      passed: sum(({ passed }) => passed),
      failed: sum(({ failed }) => failed.length),
      invalid_accepted: sum(({ invalid_accepted }) => invalid_accepted.length),
      refused_by_policy: sum(({ refused_by_policy }) => refused_by_policy),
      vectors,
      forgeries,
    };
  },
  table: ({ passed, failed, invalid_accepted, refused_by_policy, forgeries }) =>
    [
      `vectors passed ${passed}, failed ${failed}; invalid ones accepted: ${invalid_accepted}`,
      `valid ones of algorithms that nobody here takes, refused: ${refused_by_policy}`,
      `forged tokens: ${JSON.stringify(forgeries)}`,
    ].join('\n'),
};
