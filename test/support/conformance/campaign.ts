import { type Conformance, sequencesOf } from './operations.ts';
import { type Difference, play, shrink } from './play.ts';

export interface CampaignOptions {
  readonly seed: number;
  /** Sequences per port. */
  readonly runs: number;
}

export interface CampaignReport {
  readonly sequences: number;
  readonly operations: number;
  /** What parted first, shrunk, as a text for whoever reads the red build. */
  readonly difference?: string;
}

/** Plays a port's sequences, several at a time, up to the first that parts. */
export async function campaign<P>(conformance: Conformance<P>, options: CampaignOptions): Promise<CampaignReport> {
  const sequences = sequencesOf(conformance, options.seed, options.runs);
  const work = sequences.entries();
  const played = { sequences: 0, operations: 0 };
  let found: { index: number } | undefined;
  async function worker(): Promise<void> {
    for (const [index, sequence] of work) {
      if (found) return;
      if (await play(conformance, sequence)) found ??= { index };
      played.sequences++;
      played.operations += sequence.length;
    }
  }
  await Promise.all(Array.from({ length: conformance.together ?? 4 }, worker));
  if (!found) return played;
  const shortest = await shrink(conformance, sequences[found.index] ?? []);
  const steps = shortest.map(({ says }) => says);
  const again = await play(conformance, shortest);
  const where = `${conformance.name}, seed ${options.seed}, sequence ${found.index}`;
  return { ...played, difference: again ? told(where, steps, again) : `${where}: parted once, and not again` };
}

function told(where: string, steps: readonly string[], { at, memory, cloud }: Difference): string {
  const lines = [...steps.slice(0, at + 1), ...(at === steps.length ? ['(what was left at the end)'] : [])];
  return [
    where,
    ...lines,
    `in memory:          ${JSON.stringify(memory)}`,
    `on the local cloud: ${JSON.stringify(cloud)}`,
  ].join('\n');
}
