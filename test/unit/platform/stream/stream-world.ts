import { createDoor } from '../../../../lambdas/access/door.ts';
import { memoryBlobs } from '../../../../lambdas/adapters/memory/memory-blobs.ts';
import { memoryConnections } from '../../../../lambdas/adapters/memory/memory-connections.ts';
import { memoryRates } from '../../../../lambdas/adapters/memory/memory-rates.ts';
import { memorySecurityLog } from '../../../../lambdas/adapters/memory/memory-security-log.ts';
import { memoryStreamLog, memoryWatches } from '../../../../lambdas/adapters/memory/memory-stream-log.ts';
import { memoryTable } from '../../../../lambdas/adapters/memory/memory-table.ts';
import { memoryTenants } from '../../../../lambdas/adapters/memory/memory-tenants.ts';
import { createMeter } from '../../../../lambdas/adapters/memory/meter.ts';
import { countingIds, virtualClock } from '../../../../lambdas/adapters/memory/virtual-clock.ts';
import type { BusEvent } from '../../../../lambdas/contracts/bus-events.ts';
import type { Json } from '../../../../lambdas/contracts/json.ts';
import type { Principal, Role } from '../../../../lambdas/contracts/principal.ts';
import { ServerFrame } from '../../../../lambdas/contracts/stream.ts';
import type { RunEvents, TokenPiece } from '../../../../lambdas/contracts/stream-messages.ts';
import type { TenantLimits } from '../../../../lambdas/contracts/tenants.ts';
import { closeEnded } from '../../../../lambdas/platform/stream/close-ended.ts';
import type { TalkPorts, WritePorts } from '../../../../lambdas/platform/stream/stream-ports.ts';
import { createTalk } from '../../../../lambdas/platform/stream/talk.ts';
import { createTeller } from '../../../../lambdas/platform/stream/tell-followers.ts';
import type { RunRecord } from '../../../../lambdas/runtime/ports.ts';
import type { QueueRecord } from '../../../../lambdas/runtime/queue-record.ts';
import { NO_MESSAGE_SECURITY } from '../../../../lambdas/runtime/signing/message-security.ts';
import type { Sockets } from '../../../../lambdas/runtime/stream/stream-ports.ts';
import { createRateLimiter } from '../../../../lambdas/tenancy/rate-limiter.ts';
import { createRequestLimits } from '../../../../lambdas/tenancy/request-limits.ts';
import { createStanding } from '../../../../lambdas/tenancy/standing.ts';

export const HOUR = 3_600_000;
export const TENANT = 'acme';
export const RUN = `run_${'a'.repeat(40)}`;

/** What the network does with a frame on its way to a client. */
export type Fate = 'sent' | 'lost' | 'twice' | 'gone' | 'slow';
export interface WorldOptions {
  readonly fate?: (frame: ServerFrame) => Fate;
  /** How many turns of the event loop a call of a store takes, so that what happens at once meets in every order. */
  readonly turns?: () => number;
  /** Of the tenant. Default: none. */
  readonly limits?: TenantLimits;
}

/** The stream over ports in memory. Its clients' frames are what arrived, in the order in which it did. */
export function streamWorld({ fate = () => 'sent', turns = () => 0, limits = {} }: WorldOptions = {}) {
  const clock = virtualClock();
  const meter = createMeter();
  const log = late(memoryStreamLog(memoryTable(meter)), turns);
  const watches = memoryWatches(clock);
  const connections = late(memoryConnections(), turns);
  const security = memorySecurityLog();
  const blobs = memoryBlobs(meter);
  const tenants = memoryTenants(memoryTable(meter));
  const runs = new Map<string, RunRecord>();
  const results = new Map<string, Json>();
  const revoked = new Set<string>();
  const tokens = new Map<string, Principal>();
  const published: BusEvent[] = [];
  const inboxes = new Map<string, ServerFrame[]>();
  const closed = new Set<string>();
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  let connected = 0;
  let sent = 0;

  const sockets: { -readonly [K in keyof Sockets]: Sockets[K] } = {
    async post(connectionId, text) {
      const inbox = inboxes.get(connectionId);
      if (!inbox || closed.has(connectionId)) return 'gone';
      const frame = ServerFrame.parse(JSON.parse(text));
      const what = fate(frame);
      if (what === 'gone' || what === 'slow') return what;
      if (what !== 'lost') inbox.push(frame);
      if (what === 'twice') inbox.push(frame);
      return 'sent';
    },
    async close(connectionId) {
      closed.add(connectionId);
    },
  };
  const common = {
    ...{ clock, logger: silent, connections, sockets, log, watches, blobs },
    isRevoked: async ({ tokenId }: Principal) => revoked.has(tokenId),
  };
  const talkPorts: TalkPorts = {
    ...common,
    ids: countingIds(),
    runs: { get: async (id) => runs.get(id) },
    bus: {
      publish: async (_source, events) => void published.push(...events),
    },
    door: createDoor({
      clock,
      log: security,
      verify: async (token) => {
        const principal = tokens.get(token);
        return principal
          ? { ok: true, principal }
          : { ok: false, fault: 'signature_invalid', reason: 'the signature does not fit' };
      },
    }),
    limits: createRequestLimits(createRateLimiter({ rates: memoryRates(memoryTable(meter)), clock, logger: silent })),
    standing: createStanding(tenants, { plans: { all: limits }, defaultPlan: 'all' }),
    securityLog: security,
    resultOf: async ({ runId }) => results.get(runId),
    sleep: async () => {},
  };
  const writePorts: WritePorts = {
    ...common,
    ...{ messageSecurity: NO_MESSAGE_SECURITY, securityLog: security },
    ...{ roleOf: async () => undefined, agentBehind: async () => undefined },
  };
  const talk = createTalk(talkPorts);
  const newTeller = () => createTeller(writePorts);
  let teller = newTeller();
  const invocation = { remainingMs: () => 30_000, note: () => {} };

  function token(role: Role | undefined, { tenant = TENANT, forMs = HOUR, sub = 'ann' } = {}): string {
    const name = `token-${tokens.size}`;
    const issuedAt = clock.now();
    tokens.set(name, {
      ...{ kind: 'person', sub, tenant, roles: role ? [role] : [], tokenId: name, issuedAt },
      expiresAt: issuedAt + forMs,
    });
    return name;
  }

  /** A connection that has not said who it is. */
  async function open() {
    connected += 1;
    const id = `connection-${connected}`;
    const frames: ServerFrame[] = [];
    inboxes.set(id, frames);
    await talk({ what: 'connect', connectionId: id, body: '' });
    const say = (frame: unknown): Promise<void> =>
      talk({ what: 'message', connectionId: id, body: typeof frame === 'string' ? frame : JSON.stringify(frame) });
    return {
      ...{ id, frames, say },
      isClosed: () => closed.has(id),
      /** The line breaks; the other end is told, or not. */
      drop: async (told = true) => {
        inboxes.delete(id);
        if (told) await talk({ what: 'disconnect', connectionId: id, body: '' });
      },
    };
  }

  async function connect(role: Role | undefined = 'operator', options: Parameters<typeof token>[1] = {}) {
    const connection = await open();
    const own = token(role, options);
    await connection.say({ type: 'connection_init', payload: { token: own, client_id: 'console-1' } });
    return { ...connection, token: own };
  }

  async function tell(messages: ReadonlyArray<RunEvents | TokenPiece | Record<string, unknown>>, receiveCount = 1) {
    const records = messages.map((message): QueueRecord => {
      sent += 1;
      return {
        ...{ id: `message-${sent}`, body: JSON.stringify(message), receiptHandle: '', receiveCount },
        ...{
          sentAt: clock.now(),
          senderId: '000000000000',
          groupId: undefined,
          queueArn: 'arn:aws:sqs:memory:000000000000:stream.fifo',
        },
      };
    });
    return teller(records, invocation);
  }

  return {
    ...{
      clock,
      log,
      watches,
      connections,
      security,
      runs,
      results,
      revoked,
      published,
      closed,
      blobs,
      tenants,
      writePorts,
      talkPorts,
    },
    ...{ open, connect, token, tell, sockets },
    /** The teller's container goes; the next message finds a new one, which remembers nothing. */
    restart: () => {
      teller = newTeller();
    },
    closeEnded: () => closeEnded(common),
    addRun: (run: Partial<RunRecord> = {}): RunRecord => {
      const record: RunRecord = {
        ...{ runId: RUN, tenant: TENANT, requestId: 'r', correlationId: 'c', workflow: 'report', version: 1 },
        ...{ requestDigest: 'd', status: 'running', requestedAt: clock.now() },
        ...run,
      };
      runs.set(record.runId, record);
      return record;
    },
  };
}

const runFields = { workflow: 'report', tenant: TENANT, correlation_id: 'c', request_id: 'r' };
const AT = '2026-01-01T00:00:00.000Z';

/** What the coordinator says of a run. */
export function runEvents(
  ...events: ReadonlyArray<{ id: string; name: string; more?: Record<string, Json> }>
): RunEvents {
  return {
    ...{ kind: 'run_events', tenant: TENANT, run_id: RUN },
    events: events.map(({ id, name, more }) => ({
      id,
      name,
      detail: { ...runFields, workflow_id: RUN, at: AT, ...more },
    })),
  };
}
export const taskDone = (task: string) => ({
  id: `${RUN}/${task}`,
  name: 'task_completed',
  more: { task_id: task, task_type: 'report.write', agent: 'writer', attempt: 1, duration_ms: 5 },
});
export const runDone = (result: Json = { write: 'all done' }) => ({
  id: `${RUN}/end`,
  name: 'workflow_completed',
  more: { duration_ms: 1_200, result: { value: result } },
});
export const piece = (n: number, text: string): TokenPiece => ({
  ...{ kind: 'tokens', tenant: TENANT, run_id: RUN, task_id: 'write', agent: 'writer', attempt: 1 },
  ...{ stream: 's', n, text, at: AT },
});
export const progress = (fraction: number, step: string, partial?: Json, id = `${fraction}`) => ({
  ...{ id: `event-${id}`, source: 'muster.agent.writer', 'detail-type': 'task_progress' },
  detail: {
    ...{ workflow_id: RUN, tenant: TENANT, task_id: 'write', agent: 'writer', attempt: 1, at: AT },
    ...{ progress: fraction, current_step: step },
    ...(partial !== undefined && { partial_result: partial }),
  },
});
export const followRun = (id = 'op', after = 0) => ({ type: 'start', id, payload: { subscribe: { run: RUN, after } } });
export const numbersOf = (frames: readonly ServerFrame[]): number[] =>
  frames.flatMap((frame) => ('seq' in frame && frame.seq !== undefined ? [frame.seq] : []));

/** The same port, each of whose calls takes effect after some turns and answers after some more. */
function late<P extends object>(port: P, turns: () => number): P {
  const wait = async (): Promise<void> => {
    for (let left = turns(); left > 0; left -= 1) await Promise.resolve();
  };
  return new Proxy(port, {
    get: (target, name, receiver) => {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function' || name === 'forget') return method;
      return async (...given: unknown[]) => {
        await wait();
        const answer: unknown = await Reflect.apply(method, target, given);
        await wait();
        return answer;
      };
    },
  });
}
