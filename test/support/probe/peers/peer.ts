/** One way to do `tasks` no-op tasks on the local cloud. */
export interface Peer {
  /** @returns milliseconds from the request to the news that all is done */
  run(tasks: number): Promise<number>;
}

/** How often a peer looks whether it is done, ms: often enough to blur no figure, seldom enough to cost little. */
export const LOOK_EVERY_MS = 25;
/** A run that takes longer than this is given up, ms. */
export const GIVE_UP_MS = 300_000;
