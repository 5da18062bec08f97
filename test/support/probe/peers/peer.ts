import { setTimeout as sleep } from 'node:timers/promises';

/** One way to do `tasks` no-op tasks on the local cloud. */
export interface Peer {
  /** @returns milliseconds from the request to the news that all is done */
  run(tasks: number): Promise<number>;
}

/** Often enough to blur no figure, seldom enough to cost the local cloud little. */
const LOOK_EVERY_MS = 25;
const GIVE_UP_MS = 300_000;

/** Starts something, looks whether it is done until it is, and answers how many milliseconds that took. */
export async function timed(
  what: string,
  start: () => Promise<unknown>,
  isDone: () => Promise<boolean>,
): Promise<number> {
  const began = performance.now();
  await start();
  while (!(await isDone())) {
    if (performance.now() - began > GIVE_UP_MS) throw new Error(`${what} did not end within ${GIVE_UP_MS / 1_000} s`);
    await sleep(LOOK_EVERY_MS);
  }
  return performance.now() - began;
}
