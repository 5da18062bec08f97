import * as z from 'zod';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import { causesOf } from '../../lambdas/views/parked-causes.ts';
import { runCli } from '../support/local-cloud/run-cli.ts';
import type { ProbeRuns } from '../support/probe/probe-runs.ts';

const Question = z.object({
  workflow_id: z.string(),
  task_id: z.string(),
  decision_id: z.string(),
  options: z.array(z.string()),
});
const Payment = z.object({ run_id: z.string(), task_id: z.string(), amount: z.number() });

/** A payment that was made meanwhile would have been heard of by then. */
const LOOK_AFTER_MS = 3_000;
const REPAIR_EVERY_MS = 15_000;
const MANY = 1_000;

/** The person whom the platform asks: answers what it wants to know, and repairs what it has given up on. */
export class Operator {
  answered = 0;
  /** What was given up on and repaired, and how many messages of each cause. */
  readonly repaired: Record<string, number> = {};
  readonly #probe: ProbeRuns;
  readonly #amountOf: (runId: string, task: string) => number | undefined;
  /** Question → when it was first heard, until it is answered. */
  readonly #heard = new Map<string, number>();
  #lookedAt = 0;

  /** @param amountOf what a task pays, if it does */
  constructor(probe: ProbeRuns, amountOf: (runId: string, task: string) => number | undefined) {
    this.#probe = probe;
    this.#amountOf = amountOf;
  }

  /** What is asked and was given up on by now. */
  async serve(): Promise<void> {
    for (const detail of await this.#probe.all('decision_requested')) {
      const question = Question.parse(detail);
      const key = `${question.workflow_id} ${question.decision_id}`;
      const heardAt = this.#heard.get(key) ?? Date.now();
      this.#heard.set(key, heardAt);
      if (Date.now() - heardAt < LOOK_AFTER_MS) continue;
      this.#heard.set(key, Number.POSITIVE_INFINITY);
      await this.#answer(question);
    }
    if (Date.now() - this.#lookedAt > REPAIR_EVERY_MS) await this.repair();
  }

  /** How often each task has paid, by what was heard: run → task → amounts. */
  async payments(): Promise<Map<string, Map<string, number[]>>> {
    const made = new Map<string, Map<string, number[]>>();
    for (const detail of await this.#probe.all('channel.probe.payment')) {
      const { run_id, task_id, amount } = Payment.parse(detail);
      const ofRun = made.get(run_id) ?? new Map<string, number[]>();
      made.set(run_id, ofRun.set(task_id, [...(ofRun.get(task_id) ?? []), amount]));
    }
    return made;
  }

  /** @returns what could not be repaired */
  async repair(): Promise<string[]> {
    this.#lookedAt = Date.now();
    const failed: string[] = [];
    for (const { fingerprint, messages, queue, messageType, reason } of causesOf(
      await this.#probe.cloud.session.parkingLot.list(MANY),
    )) {
      const { code, stdout, stderr } = await runCli(['parked', 'redrive', '--cause', fingerprint]);
      const cause = `${queue} ${messageType}: ${reason.slice(0, 200)}`;
      if (code === 0) this.repaired[cause] = (this.repaired[cause] ?? 0) + messages.length;
      else failed.push(`${messages.length} messages are parked and can't be repaired: ${stdout}${stderr}`);
    }
    return failed;
  }

  /** Nobody pays again without having looked whether that was done. */
  async #answer({ workflow_id: runId, task_id: task, decision_id, options }: z.infer<typeof Question>): Promise<void> {
    this.answered += 1;
    const amount = this.#amountOf(runId, task);
    const paid = amount !== undefined && (await this.payments()).get(runId)?.has(task);
    const answer: JsonObject = paid ? { decision: 'complete', value: { paid: amount } } : { decision: 'retry' };
    if (!options.includes(String(answer.decision)))
      throw new Error(`${runId} asks about ${task}: ${options.join(', ')}`);
    const detail = { workflow_id: runId, task_id: task, decision_id, decided_by: 'soak', ...answer };
    await this.#probe.cloud.publish('decision_made', detail);
  }
}
