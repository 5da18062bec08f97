import type { InProcessPlatform } from '../../lambdas/testing/in-process-platform.ts';

/** Virtual time that a history may take to come to rest. */
const LONGEST_MS = 4 * 86_400_000;
const MINUTE_MS = 60_000;

/**
 * Lets time pass until no message, timer or execution is under way and no run is open.
 * @param tired true when far more has happened than ever should
 * @returns what keeps the world busy, if it does not come to rest
 */
export async function comeToRest(platform: InProcessPlatform, tired: () => boolean): Promise<string | undefined> {
  const { clock, time, world } = platform;
  const end = clock.now() + LONGEST_MS;
  const hasTimers = (): boolean =>
    'nextTimerAt' in clock && typeof clock.nextTimerAt === 'function' && clock.nextTimerAt() !== undefined;
  for (;;) {
    await time.runWhile(() => hasTimers() && !tired() && clock.now() < end, end - clock.now());
    const awake = await world.runs.overdue(Number.MAX_SAFE_INTEGER, 3);
    if (!hasTimers() && awake.length === 0) return undefined;
    if (tired()) return `too much happens; awake: ${awake.join(', ') || 'no run'}`;
    if (clock.now() >= end)
      return `no rest after ${LONGEST_MS / 86_400_000} days; awake: ${awake.join(', ') || 'no run'}`;
    // Only scheduled calls can go on from here.
    await time.advance(MINUTE_MS);
  }
}
