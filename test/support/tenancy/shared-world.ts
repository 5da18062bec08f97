import { memoryMemories } from '../../../lambdas/adapters/memory/memory-memories.ts';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import type { BusEvent } from '../../../lambdas/contracts/bus-events.ts';
import { createIntake } from '../../../lambdas/platform/intake/intake.ts';
import { createRateLimiter } from '../../../lambdas/tenancy/rate-limiter.ts';
import { createRequestLimits } from '../../../lambdas/tenancy/request-limits.ts';
import { createRunQuota } from '../../../lambdas/tenancy/run-quota.ts';
import { createStanding } from '../../../lambdas/tenancy/standing.ts';
import { inProcessWorld } from '../../../lambdas/testing/in-process-world.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import { task, workflow } from '../factories.ts';

export const TENANTS = ['acme', 'other'] as const;
export type Tenant = (typeof TENANTS)[number];

export const runNamed = (tenant: Tenant, request: number): string => runIdOf(tenant, `request ${request}`);

const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

/** Everything in memory that tenants share, with intake and the limits before it. */
export async function sharedWorld() {
  const clock = virtualClock();
  const world = inProcessWorld({ clock });
  await world.registry.registerAgent({
    ...{ name: 'worker', version: '1.0.0', description: 'works', system: 'demo', retry: {}, effects: 'none' },
    capabilities: { work: { description: 'works', input_types: [], output_types: [] } },
    inbox: { express: 'e', standard: 's' },
    health: { avgProcessingSeconds: 5, errorRate: 0.05, queueDepth: 100 },
  } as Parameters<typeof world.registry.registerAgent>[0]);
  await world.registry.registerDefinition(workflow([task('one', { type: 'work' })], { name: 'demo.one' }));
  const tenancy = {
    plans: {
      small: { requestsPerSecond: 50, burst: 20, requestsPerSecondEach: 20, openRuns: 40, tokensPerDay: 10_000 },
    },
    defaultPlan: 'small',
  };
  const standing = createStanding(world.tenants, tenancy);
  const published: BusEvent[] = [];
  const sent: string[] = [];
  const intake = createIntake({
    ...world,
    ...{ logger: QUIET, coordinatorQueue: 'coordinator.fifo', intakeQueue: 'intake' },
    expressions: { check: async () => ({ ok: true }) },
    queues: {
      send: async (_queue: string, messages: readonly { body: string }[]) =>
        void sent.push(...messages.map(({ body }) => body)),
      depth: async () => ({ waiting: 0, inFlight: 0 }),
    },
    bus: {
      publish: async (_source: string, events: readonly BusEvent[]) => void published.push(...events),
      publishToChannel: async () => {},
    },
    quota: createRunQuota({ ...world, standing }),
  } as unknown as Parameters<typeof createIntake>[0]);
  const limits = createRequestLimits(createRateLimiter({ rates: world.limits, clock, logger: QUIET }));
  return {
    ...{ world, clock, standing, limits, memories: memoryMemories(), cache: new Map<string, string>() },
    /** @returns what the bus and the coordinator are told of it, without ids that are only counted */
    async ask(type: string, detail: object, id: string): Promise<string> {
      published.length = 0;
      sent.length = 0;
      const body = JSON.stringify({ id, source: 'client', 'detail-type': type, detail });
      const record = { id, body, receiptHandle: '', receiveCount: 1, sentAt: 0, senderId: 'x', groupId: undefined };
      await intake([record], { remainingMs: () => 30_000, note: () => {} });
      const told = sent.map((text) => text.replaceAll(/"message_id":"[^"]*"|"timestamp":"[^"]*"/g, ''));
      return JSON.stringify([published, told]);
    },
  };
}
export type SharedWorld = Awaited<ReturnType<typeof sharedWorld>>;
