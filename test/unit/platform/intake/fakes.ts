import { createHash } from 'node:crypto';
import type { BusEvent } from '../../../../lambdas/contracts/bus-events.ts';
import type { Hold } from '../../../../lambdas/contracts/control.ts';
import { DataError, SystemError } from '../../../../lambdas/contracts/errors.ts';
import type { Json } from '../../../../lambdas/contracts/json.ts';
import type { RegisteredAgent } from '../../../../lambdas/contracts/registry.ts';
import type { WorkflowDefinition } from '../../../../lambdas/contracts/workflow-definition.ts';
import type {
  Blobs,
  Bus,
  Clock,
  Holds,
  Ids,
  Lifecycle,
  Logger,
  OutgoingMessage,
  ParkedMessage,
  ParkingLot,
  Queues,
  Registry,
  RunRecord,
  Runs,
} from '../../../../lambdas/runtime/ports.ts';
import type { Invocation } from '../../../../lambdas/runtime/queue-handler.ts';
import type { QueueRecord } from '../../../../lambdas/runtime/queue-record.ts';
import { NO_MESSAGE_SECURITY } from '../../../../lambdas/runtime/signing/message-security.ts';

/** Where a crash happens: at which port call, from 1, and whether the call takes effect first. */
export interface Crash {
  readonly call: number;
  readonly when: 'before' | 'after';
}

export interface Sent extends OutgoingMessage {
  readonly queue: string;
}

/** Open runs on a page. */
const PAGE = 3;

/** The world of a platform Lambda in memory, written down as it happens. */
export function fakeWorld(start: { agents?: RegisteredAgent[]; definitions?: WorkflowDefinition[] } = {}) {
  const seen = {
    runs: new Map<string, RunRecord>(),
    wakes: new Map<string, number>(),
    holds: new Map<string, { hold: Hold | undefined; at: number }>(),
    blobs: new Map<string, Json>(),
    sent: [] as Sent[],
    events: [] as Array<BusEvent & { source: string }>,
    started: [] as Array<{ runId: string; start_message: string; timeout_seconds: number }>,
    parked: new Map<string, ParkedMessage>(),
    calls: [] as string[],
    depths: new Map<string, number>(),
    now: Date.parse('2026-11-21T12:00:00Z'),
  };
  const agents = start.agents ?? [];
  const definitions = start.definitions ?? [];
  let crash: Crash | undefined;
  let id = 0;

  const clock: Clock = { now: () => seen.now, after: () => () => undefined };
  const ids: Ids = { uuid: () => `id-${++id}` };
  const blobs: Blobs = {
    async put(tenant, value) {
      const text = JSON.stringify(value);
      const sha256 = createHash('sha256').update(text).digest('hex');
      const key = `${tenant}/${sha256}`;
      seen.blobs.set(key, JSON.parse(text));
      return { key, bytes: text.length, sha256 };
    },
    async get(ref) {
      const value = seen.blobs.get(ref.key);
      if (value === undefined) throw new SystemError('blob_missing', `no blob ${ref.key}`);
      if (value === 'corrupt') throw new DataError('blob_corrupt', `blob ${ref.key} is corrupt`);
      return value;
    },
  };
  const runs: Runs = {
    async create(record) {
      const existing = seen.runs.get(record.runId);
      if (existing) return { created: false, existing };
      seen.runs.set(record.runId, record);
      return { created: true };
    },
    get: async (runId) => seen.runs.get(runId),
    async setStatus(runId, status, at, error) {
      const run = seen.runs.get(runId);
      if (run) seen.runs.set(runId, { ...run, status, endedAt: at, ...(error && { error }) });
    },
    async reopen(runId, reopenedAt) {
      const run = seen.runs.get(runId);
      if (run) seen.runs.set(runId, { ...run, status: 'running', reopenedAt });
    },
    list: async () => [...seen.runs.values()],
    correlated: async () => [...seen.runs.values()],
    async open(next = '0') {
      const ids = [...seen.wakes.keys()];
      const end = Number(next) + PAGE;
      return { runIds: ids.slice(Number(next), end), ...(end < ids.length && { next: String(end) }) };
    },
    async setWake(runId, at) {
      if (at === undefined) seen.wakes.delete(runId);
      else seen.wakes.set(runId, at);
    },
    endedBefore: async () => [],
    setArchived: async () => {},
    overdue: async (now, limit) =>
      [...seen.wakes]
        .filter(([, at]) => at <= now)
        .map(([runId]) => runId)
        .slice(0, limit),
  };
  const holds: Holds = {
    read: async () => new Map([...seen.holds].flatMap(([scope, { hold }]) => (hold ? [[scope, hold] as const] : []))),
    async set(scope, hold, at) {
      if ((seen.holds.get(scope)?.at ?? at) > at) return false;
      seen.holds.set(scope, { hold, at });
      return true;
    },
  };
  const registry: Registry = {
    agents: async () => agents,
    definitions: async () => definitions,
    definition: async (name, version) =>
      definitions.find((known) => known.name === name && (version === undefined || known.version === version)),
  };
  const queues: Queues = {
    send: async (queue, messages) => void seen.sent.push(...messages.map((message) => ({ queue, ...message }))),
    depth: async (queue) => ({ waiting: seen.depths.get(queue) ?? 0, inFlight: 0 }),
  };
  const bus: Bus = {
    publish: async (source, events) => void seen.events.push(...events.map((event) => ({ ...event, source }))),
    publishToChannel: async () => undefined,
  };
  const lifecycle: Lifecycle = {
    start: async (runId, input) => void seen.started.push({ runId, ...input }),
    succeed: async () => undefined,
    fail: async () => undefined,
  };
  const parkingLot: ParkingLot = {
    async park(message) {
      if (!seen.parked.has(message.parkedId)) seen.parked.set(message.parkedId, message);
    },
    remove: async ({ parkedId }) => void seen.parked.delete(parkedId),
    list: async () => [...seen.parked.values()],
  };
  const quiet = (): void => undefined;
  const logger: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const expressions = {
    check: async (source: string) =>
      source.includes('$eval')
        ? { error: { code: 'expression_refused', class: 'data' as const, message: '$eval is refused' }, position: 0 }
        : { ok: true as const },
  };

  /** Every call of every port counts, and the chosen one fails as a lost connection would. */
  function watched<T extends object>(name: string, port: T): T {
    return new Proxy(port, {
      get(target, method, receiver) {
        const value: unknown = Reflect.get(target, method, receiver);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          seen.calls.push(`${name}.${String(method)}`);
          const hit = crash?.call === seen.calls.length ? crash : undefined;
          const lost = () => new SystemError('connection_lost', `lost at ${name}.${String(method)}`);
          if (hit?.when === 'before') throw lost();
          const answer: unknown = await Reflect.apply(value, target, args);
          if (hit?.when === 'after') throw lost();
          return answer;
        };
      },
    });
  }

  return {
    seen,
    crashAt(at: Crash | undefined): void {
      crash = at;
      seen.calls.length = 0;
    },
    ports: {
      clock,
      ids,
      logger,
      blobs: watched('blobs', blobs),
      messageSecurity: NO_MESSAGE_SECURITY,
      securityLog: { note: () => {}, flush: async () => {} },
      runs: watched('runs', runs),
      holds: watched('holds', holds),
      journal: { read: async () => [] },
      registry: watched('registry', registry),
      queues: watched('queues', queues),
      bus: watched('bus', bus),
      lifecycle: watched('lifecycle', lifecycle),
      parkingLot: watched('parkingLot', parkingLot),
      rejections: { record: async () => undefined, of: async () => undefined },
      quota: { mayAct: async () => undefined, early: async () => undefined, admit: async () => ({}) },
      expressions: watched('expressions', expressions),
      coordinatorQueue: 'coordinator.fifo',
      timersQueue: 'timers',
      intakeQueue: 'intake',
    },
  };
}

export type FakeWorld = ReturnType<typeof fakeWorld>;

export function agent(name: string, ...types: string[]): RegisteredAgent {
  const capability = { description: 'does it', input_types: [], output_types: [] };
  return {
    name,
    version: '1.0.0',
    description: name,
    system: 'demo',
    capabilities: Object.fromEntries(types.map((type) => [type, capability])),
    inbox: { express: `${name}-express`, standard: `${name}-standard` },
    retry: {},
    effects: 'none',
    health: { avgProcessingSeconds: 5, errorRate: 0.05, queueDepth: 100 },
  };
}

export function record(body: unknown, overrides: Partial<QueueRecord> = {}): QueueRecord {
  return {
    id: 'record-1',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    receiptHandle: 'handle',
    receiveCount: 1,
    sentAt: 0,
    senderId: 'sender',
    groupId: undefined,
    ...overrides,
  };
}

export function invocation(): Invocation & { readonly notes: Record<string, unknown> } {
  const notes: Record<string, unknown> = {};
  return { notes, remainingMs: () => 30_000, note: (fields) => void Object.assign(notes, fields) };
}

/** An event as EventBridge delivers it to a queue. */
export function busEvent(type: string, detail: object, overrides: Record<string, unknown> = {}) {
  return { version: '0', id: 'event-1', source: 'shop', 'detail-type': type, detail, ...overrides };
}
