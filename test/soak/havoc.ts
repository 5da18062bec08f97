import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../simulation/random.ts';
import type { TestCloud } from '../support/local-cloud/test-cloud.ts';
import { TENANTS } from './plan-run.ts';

/** Parts of the names of the functions whose processes are killed. */
const FUNCTIONS = [
  ...['ProbeAlpha', 'ProbeBeta', 'ProbeGamma', 'ProbePayer'],
  ...['LambdasCoordinator', 'LambdasIntake', 'LambdasTimers', 'LambdasSweeper', 'LambdasMonitor', 'LambdasDeadLetters'],
] as const;

/** Kills Lambdas in the middle of what they do, and holds tenants for a while, until it is told to stop. */
export class Havoc {
  /** Processes killed. */
  kills = 0;
  holds = 0;
  readonly #cloud: TestCloud;
  readonly #over = new AbortController();
  readonly #work: Promise<unknown>;

  constructor(cloud: TestCloud, random: Random) {
    this.#cloud = cloud;
    this.#work = Promise.all([this.#kill(random.fork('kills')), this.#hold(random.fork('holds'))]);
    // Whoever stops it hears of it.
    this.#work.catch(() => {});
  }

  /** Everybody is let go when this resolves. */
  async stop(): Promise<void> {
    this.#over.abort();
    await this.#work;
  }

  async #kill(random: Random): Promise<void> {
    while (await this.#pass(random.between(5_000, 20_000)))
      this.kills += this.#cloud.killWorkers(random.pick(FUNCTIONS));
  }

  async #hold(random: Random): Promise<void> {
    while (await this.#pass(random.between(30_000, 60_000))) {
      const tenant = random.pick(TENANTS);
      await this.#ask('pause', tenant);
      this.holds += 1;
      await this.#pass(random.between(5_000, 15_000));
      await this.#ask('resume', tenant);
    }
  }

  async #ask(action: 'pause' | 'resume', scope: string): Promise<void> {
    await this.#cloud.publish('hold_requested', { scope, action, reason: 'the soak', requested_by: 'soak' });
    const isHeld = async () => (await this.#cloud.session.holds.read()).has(scope);
    await this.#cloud.eventually(async () => (await isHeld()) === (action === 'pause'));
  }

  /** @returns whether there is to be more */
  async #pass(ms: number): Promise<boolean> {
    await sleep(ms, undefined, { signal: this.#over.signal }).catch(() => {});
    return !this.#over.signal.aborted;
  }
}
