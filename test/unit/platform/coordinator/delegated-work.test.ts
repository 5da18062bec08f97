import { describe, expect, test } from '@jest/globals';
import type { Header } from '../../../../lambdas/contracts/envelope.ts';
import type { Json, JsonObject } from '../../../../lambdas/contracts/json.ts';
import { TaskAssignment, type TaskUpdate } from '../../../../lambdas/contracts/messages.ts';
import { NO_USAGE } from '../../../../lambdas/contracts/usage.ts';
import type { WorkflowDefinition } from '../../../../lambdas/contracts/workflow-definition.ts';
import { tellCosts } from '../../../../lambdas/platform/coordinator/tell-costs.ts';
import { decodeMessage, encodeMessage } from '../../../../lambdas/runtime/message-codec.ts';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import { QUEUES } from '../../../../lambdas/testing/queue-urls.ts';
import { createTestFleet } from '../../../../lambdas/testing/test-fleet.ts';
import { newRun } from '../../../../lambdas/workflow/state.ts';
import { task, workflow } from '../../../support/factories.ts';

const forEver = (): Promise<Json> => new Promise(() => {});

/** A fleet whose agent answers nothing by itself: its reports are written by hand. */
async function silentFleet(manifest: Parameters<typeof fakeAgent>[2] = {}, workflows: WorkflowDefinition[] = []) {
  const assignments: TaskAssignment[] = [];
  const fleet = await createTestFleet({
    agents: [fakeAgent('worker', { work: forEver }, { timeoutSeconds: 800, ...manifest })],
    workflows,
    hooks: {
      deliver: ({ process, records }) => {
        if (process !== 'worker') return undefined;
        for (const { body } of records) pending.push(body);
        return undefined;
      },
    },
  });
  const pending: string[] = [];
  const { world, clock } = fleet.platform;
  const security = fleet.platform.securityOf('worker');
  async function received(): Promise<TaskAssignment[]> {
    for (const body of pending.splice(0)) {
      const { payload } = await decodeMessage(body, world);
      assignments.push(TaskAssignment.parse(payload));
    }
    return assignments;
  }
  return {
    fleet,
    /** The last message about this task. */
    assignment: async (id: string) => (await received()).findLast((one) => one.task.task_id === id),
    report: async (runId: string, ...updates: Array<TaskUpdate | JsonObject>) => {
      const header: Header = {
        ...{ message_id: world.ids.uuid(), correlation_id: 'c', timestamp: new Date(clock.now()).toISOString() },
        ...{ sender: 'worker', receiver: 'coordinator', message_type: 'status_update', tenant: 'default' },
        ...{ priority: 2, ttl: 300, schema_version: 1 },
      };
      const payload = JSON.parse(JSON.stringify({ run_id: runId, agent: 'worker', updates })) as Json;
      const body = await encodeMessage({ header, payload }, { ...world, messageSecurity: security });
      const message = { body, groupId: runId, deduplicationId: world.ids.uuid() };
      await fleet.platform.queuesOf('worker').send(QUEUES.coordinator, [message]);
      await fleet.platform.time.settle();
    },
  };
}

const delegated = (id: string, tasks: object[], more: JsonObject = {}) =>
  ({ status: 'delegated', task_id: id, attempt: 1, duration_ms: 1, tasks, ...more }) as JsonObject;
const completed = (id: string, attempt = 1, value: Json = null): TaskUpdate => ({
  ...{ status: 'completed', task_id: id, attempt, duration_ms: 1, result: { value } },
});

describe('the next attempt of a task that has delegated', () => {
  test('brings what became of it, small answers with it and many by reference', async () => {
    const { fleet, assignment, report } = await silentFleet();
    const runId = await fleet.start(workflow([task('a')]));
    const own = [
      { id: 'a..1.list', value: '{% $item %}', forEach: { items: ['x', 'y'] } },
      { id: 'a..1.sum', value: "{% $join($results.list, '+') %}", dependsOn: ['a..1.list'] },
      { id: 'a..2.bad', value: '{% $nothing.at.all %}' },
    ];
    await report(runId, delegated('a', own));
    expect(await assignment('a')).toMatchObject({
      answers: {
        '1.list': { result: { value: ['x', 'y'] } },
        '1.sum': { result: { value: 'x+y' } },
        '2.bad': { error: { class: 'data' } },
      },
    });
    const many = Array.from({ length: 101 }, (_, index) => ({ id: `a..3.x${index}y`, value: index }));
    await report(runId, delegated('a', many, { attempt: 2 }));
    const last = await assignment('a');
    expect(last?.answers).toBeUndefined();
    const answers = last?.answers_ref && (await fleet.platform.world.blobs.get(last.answers_ref));
    expect(Object.keys(answers as JsonObject).length).toBe(104);
    await report(runId, completed('a', 3, 'done'));
    expect((await fleet.look(runId)).status).toBe('completed');
  });

  test('comes after any number of waits, and after a wait that is longer than a timer reaches', async () => {
    const { fleet, report } = await silentFleet();
    const runId = await fleet.start(workflow([task('a')], { timeoutSeconds: 1_000_000 }));
    const began = fleet.platform.clock.now();
    await report(runId, delegated('a', [{ id: 'a..1-sleep', sleep: { seconds: 100_000 } }]));
    await fleet.advance(99_000_000);
    expect((await fleet.look(runId)).tasks.a).toMatchObject({ status: 'suspended' });
    await fleet.advance(1_000_000);
    expect((await fleet.look(runId)).tasks.a).toMatchObject({ status: 'dispatched', attempt: 2 });
    expect(fleet.platform.clock.now() - began).toBe(100_000_000);
  });
});

describe('a malformed update', () => {
  test('fails its own task for good, and the others of its report count', async () => {
    const { fleet, report } = await silentFleet();
    const runId = await fleet.start(workflow([task('a', { optional: true }), task('b')]));
    await report(runId, delegated('a', [{ id: 'a..1-call', typ: 'work' }]), completed('b'));
    const run = await fleet.look(runId);
    expect(run.tasks).toMatchObject({ a: { status: 'failed' }, b: { status: 'completed' } });
    expect(run.tasks.a?.error).toMatchObject({ code: 'bad_report', class: 'data' });
  });
});

describe('budgets', () => {
  const none = { atLimit: 'stop' } as const;

  test('of the run, the task and its agent go with the work, and on to all that it delegates', async () => {
    const child = workflow([task('inner')], { name: 'child', budget: { calls: 7, ...none } });
    const { fleet, assignment, report } = await silentFleet({ budget: { tokens: 5 } }, [child]);
    const definition = workflow([task('a', { budget: { usd: 1, ...none } })], { budget: { usd: 9, ...none } });
    const runId = await fleet.start(definition);
    const since = fleet.platform.clock.now();
    await fleet.advance(1_000);
    const own = [
      { id: 'a..1-call', type: 'work' },
      { id: 'a..2-run', workflow: { name: 'child' }, input: {} },
    ];
    await report(runId, delegated('a', own));
    const ofA = [
      { id: runId, budget: { usd: 9, ...none }, since },
      { id: `${runId}/a`, budget: { usd: 1, ...none }, since },
      { id: `${runId}/a@worker`, budget: { tokens: 5, ...none }, since },
    ];
    const below = (refs: object[], depth: number) => refs.map((ref) => ({ ...ref, depth }));
    expect((await assignment('a'))?.budgets).toEqual(below(ofA, 0));
    expect((await assignment('a..1-call'))?.budgets).toEqual([
      ...below(ofA, 1),
      { id: `${runId}/a..1-call@worker`, budget: { tokens: 5, ...none }, since: since + 1_000, depth: 0 },
    ]);
    const inner = await assignment('inner');
    expect(inner?.budgets).toEqual([
      ...below(ofA, 2),
      { id: inner?.run_id, budget: { calls: 7, ...none }, since: since + 1_000, depth: 0 },
      { id: `${inner?.run_id}/inner@worker`, budget: { tokens: 5, ...none }, since: since + 1_000, depth: 0 },
    ]);
  });

  test('bound how deep work may be delegated', async () => {
    const { fleet, report } = await silentFleet({}, [workflow([task('inner')], { name: 'child' })]);
    const shallow = (depth: number) => workflow([task('a', { budget: { depth, ...none } })]);
    const flat = await fleet.start(shallow(0));
    await report(flat, delegated('a', [{ id: 'a..1-sleep', sleep: { seconds: 1 } }]));
    await fleet.advance(1_000);
    await report(flat, delegated('a', [{ id: 'a..1-call', type: 'work' }], { attempt: 2 }));
    expect((await fleet.look(flat)).tasks.a?.error).toMatchObject({ code: 'budget_exhausted', class: 'data' });
    const deeper = await fleet.start(shallow(1));
    await report(deeper, delegated('a', [{ id: 'a..1-call', type: 'work' }]));
    await report(deeper, delegated('a..1-call', [{ id: 'a..1-call..1-run', workflow: { name: 'child' } }]));
    expect((await fleet.look(deeper)).tasks['a..1-call']?.error).toMatchObject({ code: 'budget_exhausted' });
  });
});

describe('what work has used', () => {
  test('is told with the end of the task and of the run, with the runs inside it', async () => {
    const child = workflow([task('inner')], { name: 'child' });
    const { fleet, assignment, report } = await silentFleet({}, [child]);
    const definition = workflow([task('a'), { id: 'sub', workflow: { name: 'child' }, input: {} }]);
    const runId = await fleet.start(definition);
    const childId = (await assignment('inner'))?.run_id ?? '';
    const used = (usd: number) => ({ ...NO_USAGE, usd, input_tokens: 10, model_calls: 1 });
    await report(runId, { ...completed('a'), usage: used(0.25) });
    await report(childId, { ...completed('inner'), usage: used(0.5) });
    const told = fleet.events.flatMap((event) =>
      event.name === 'task_completed' || event.name === 'workflow_completed'
        ? [[event.name, event.detail.workflow_id === runId ? 'run' : 'child', event.detail.usage?.usd]]
        : [],
    );
    expect(told).toEqual([
      ['task_completed', 'run', 0.25],
      ['task_completed', 'child', 0.5],
      ['workflow_completed', 'child', 0.5],
      ['task_completed', 'run', 0.5],
      ['workflow_completed', 'run', 0.75],
    ]);
  });

  test('becomes metrics of the run that somebody asked for, and of no run inside it', () => {
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    const usage = { ...NO_USAGE, usd: 0.75, input_tokens: 10, output_tokens: 2, model_calls: 1 };
    const state = { ...newRun(`run_${'0'.repeat(40)}`), usage, endedAt: 5 };
    const ended = [{ type: 'publish_outcome', id: 'x' }] as const;
    tellCosts(state, [], { write });
    const parent = { run_id: state.runId, task_id: 'a', attempt: 1, depth: 1 };
    tellCosts({ ...state, request: { ...state.request, parent } }, ended, { write });
    expect(lines).toEqual([]);
    tellCosts(state, ended, { write });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      ...{ agent: 'coordinator', cost_per_run: 0.75, tokens_per_run: 12, model_calls: 1 },
      list_prices_as_of: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      _aws: { CloudWatchMetrics: [{ Metrics: expect.arrayContaining([{ Name: 'cost_per_run', Unit: 'None' }]) }] },
    });
  });
});
