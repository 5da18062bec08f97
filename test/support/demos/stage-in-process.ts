import type { DemoRun, DemoStage } from '../../../bin/demos/demo.ts';
import type { TestFleet } from '../../../lambdas/testing/test-fleet.ts';
import type { TestRun } from '../../../lambdas/testing/test-run.ts';

const HOUR = 3_600_000;

/** A demo's stage over a test fleet (`stream: true` for demos that stream), and what was said on it. */
export function stageInProcess(
  fleet: TestFleet,
  options: { readonly seed?: number; readonly settings?: Readonly<Record<string, string>> } = {},
): DemoStage & { readonly said: readonly string[] } {
  const { seed = 1, settings = {} } = options;
  const said: string[] = [];
  const ended = async (runId: string): Promise<DemoRun> => demoRunOf(await fleet.ended(runId));
  const say = (text: string): void => void said.push(text);

  return {
    ...{ said, seed, say, ended },
    signal: new AbortController().signal,
    setting: (name) => settings[name],
    now: () => fleet.platform.clock.now(),
    heading: (text) => say(`# ${text}`),
    run: async (workflow, input) => ended(await fleet.start(workflow, input)),
    start: (workflow, input) => fleet.start(workflow, input),
    async stream(taskType, input, hear) {
      const { platform } = fleet;
      const now = platform.clock.now();
      const socket = await platform.stream.connect(
        {
          ...{ kind: 'person', sub: 'demo', tenant: 'default', roles: ['operator'], tokenId: 'demo' },
          ...{ issuedAt: now, expiresAt: now + HOUR },
        },
        hear,
      );
      await socket.say({ type: 'start', id: '1', payload: { task_type: taskType, input, after: 0 } });
      await platform.time.runUntilIdle();
      await socket.drop();
    },
    tell: (runId, event, payload, key) => fleet.signal(runId, event, payload, key === undefined ? {} : { key }),
    async publish(channel, detail) {
      await fleet.platform.world.bus.publishToChannel('muster.client', channel, detail);
      await fleet.platform.time.settle();
    },
    decide: (runId, task, decision, by, comment) =>
      fleet.decide(runId, task, decision, by, comment === undefined ? {} : { comment }),
    pass: (ms) => fleet.advance(ms),
    bucket: (name) => fleet.platform.world.bucket(name),
  };
}

function demoRunOf({ runId, status, result, tasks, error }: TestRun): DemoRun {
  const results = Object.values(result ?? {});
  const [only] = results;
  const isOver = status === 'completed' || status === 'failed' || status === 'cancelled';
  return {
    runId,
    status: isOver ? status : 'failed',
    result: only !== undefined && results.length === 1 ? only : result,
    agents: Object.fromEntries(Object.values(tasks).map(({ id, agent = '' }) => [id, agent])),
    error: error && `${error.code}: ${error.message}`,
  };
}
