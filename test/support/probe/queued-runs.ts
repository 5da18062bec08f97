import { randomUUID } from 'node:crypto';
import { readQueue } from '../../../bin/commands/queue.ts';
import type { JsonObject } from '../../../lambdas/contracts/json.ts';
import { DEFAULT_TENANT } from '../../../lambdas/contracts/names.ts';
import type { FlowLines } from '../../../lambdas/views/queue-lines.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import { ProbeRuns } from './probe-runs.ts';

type Fields = JsonObject & { readonly tenant?: string };

/** A name that no other test's limits have. */
export const freshName = (): string => `probe.${randomUUID()}`;

/** A workflow that only so many may be in. */
export interface GatedWorkflow {
  readonly name: string;
  /** Asks for a run; with the input `wait` it stays at work until {@link QueuedRuns.go}. @returns its id */
  ask(input?: JsonObject, more?: Fields): Promise<string>;
}

/** Runs that wait to get in, and what `muster queue` knows of them. */
export class QueuedRuns {
  readonly probe: ProbeRuns;

  private constructor(probe: ProbeRuns) {
    this.probe = probe;
  }

  static async open(): Promise<QueuedRuns> {
    return new QueuedRuns(
      await ProbeRuns.listeningTo('workflow_queued', 'workflow_started', 'workflow_cancelled', 'workflow_rejected'),
    );
  }

  /** Asks for a run, with any field that a request may have. @returns its id */
  async ask(workflow: string, more: Fields): Promise<string> {
    const request_id = randomUUID();
    await this.probe.cloud.publish('workflow_requested', { workflow, request_id, ...more });
    return runIdOf(more.tenant ?? DEFAULT_TENANT, request_id);
  }

  /** A workflow of its own, which answers its input. Of a batch that is all it does. */
  gated(admission: JsonObject): GatedWorkflow {
    const name = freshName();
    const wait = { id: 'wait', waitFor: { event: 'go' }, when: '{% $exists($input.wait) %}' };
    const tasks = [...(admission.batch ? [] : [wait]), { id: 'done', value: '{% $input %}' }];
    const definition = { name, lifecycle: 'queue', admission, tasks, output: ['done'] };
    return { name, ask: (input = {}, more = {}) => this.ask(name, { definition, input, ...more }) };
  }

  /** The run is in, and waits. */
  async isIn(runId: string): Promise<string> {
    await this.probe.task(runId, 'wait', ({ status }) => status === 'suspended');
    return runId;
  }

  /** Ends what `wait` has begun. */
  go(runId: string, more: Fields = {}): Promise<void> {
    return this.probe.cloud.publish('workflow_event', { workflow_id: runId, event: 'go', ...more });
  }

  async flows(name: string, tenant?: string): Promise<FlowLines[]> {
    const options = { name, ...(tenant !== undefined && { tenant }) };
    return (await readQueue(this.probe.cloud.session, options, Date.now())).flows;
  }

  /** Until so many of the tenant's runs wait at the limit of this name and key. */
  untilWaiting(name: string, count: number, { key = '', tenant }: { key?: string; tenant?: string } = {}) {
    return this.probe.cloud.eventually(async () => {
      const flow = (await this.flows(name, tenant)).find((one) => one.key === key);
      return flow?.lines.filter(({ state }) => state !== 'running').length === count && flow;
    });
  }

  /** Until nothing is at the limit of this name. */
  untilEmpty(name: string): Promise<boolean> {
    return this.probe.cloud.eventually(async () => (await this.flows(name)).length === 0);
  }

  /** The names of runs, in the order in which these ended. */
  async inOrder(runs: Readonly<Record<string, string>>): Promise<string[]> {
    const ended = await Promise.all(
      Object.entries(runs).map(async ([name, id]) => ({ name, at: (await this.probe.ended(id)).endedAt ?? 0 })),
    );
    return ended.sort((a, b) => a.at - b.at).map(({ name }) => name);
  }
}
