import type { Clock } from '../../../runtime/ports.ts';

const FIRST_MS = 40;
const LONGEST_MS = 1_000;

/**
 * Looks again and again, ever more rarely, until there is something to see or the time is over.
 * @param until ms
 */
export async function until<T>(clock: Clock, end: number, look: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let pause = FIRST_MS; ; pause = Math.min(LONGEST_MS, pause * 1.5)) {
    const seen = await look();
    const left = end - clock.now();
    if (seen !== undefined || left <= 0) return seen;
    await new Promise<void>((resolve) => void clock.after(Math.min(pause, left), resolve));
  }
}
