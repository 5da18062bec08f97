/*
 * `npm run soak -- --minutes 10 --seed 7`: random runs on the real local cloud while its Lambdas are killed, for so many
 * minutes and a calm at the end. Prints a line a minute and, at the end, one line of JSON; exits with 1 when anything is
 * not as it must be. The same seed plans the same runs and the same havoc; the machine decides how they meet.
 */
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { forwardSignals } from '../scripts/child.ts';
import { runTier } from '../scripts/tiers.ts';

/** Deploying, the calm at the end, and looking at all that was done. */
const AROUND_MINUTES = 30;

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
const wanted = z
  .object({
    minutes: z.coerce.number().positive('how many minutes?').max(720, 'at most 720 minutes').default(10),
    seed: z.coerce.number().int('a seed is a whole number').nonnegative().optional(),
  })
  .safeParse(values);
if (!wanted.success) {
  process.stderr.write(`${z.prettifyError(wanted.error)}\nnpm run soak -- [--minutes 10] [--seed N]\n`);
  process.exit(2);
}
const { minutes, seed = Math.floor(Math.random() * 1_000_000) } = wanted.data;
process.stderr.write(`soak: ${minutes} minutes; once more: npm run soak -- --minutes ${minutes} --seed ${seed}\n`);
Object.assign(process.env, { MUSTER_SOAK_MINUTES: String(minutes), MUSTER_SOAK_SEED: String(seed) });

forwardSignals();
const { failed, note } = await runTier('soak', [], { atMost: minutes + AROUND_MINUTES });
if (note) process.stderr.write(`${note}\n`);
process.exitCode = failed > 0 ? 1 : 0;
