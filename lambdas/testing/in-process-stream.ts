import { createDoor } from '../access/door.ts';
import { type MemorySockets, memoryConnections, memorySockets } from '../adapters/memory/memory-connections.ts';
import { memoryStreamLog, memoryWatches } from '../adapters/memory/memory-stream-log.ts';
import { memoryTable } from '../adapters/memory/memory-table.ts';
import type { Principal } from '../contracts/principal.ts';
import type { SecurityLog } from '../contracts/security-events.ts';
import { type ClientFrame, ServerFrame } from '../contracts/stream.ts';
import { readResult } from '../platform/stream/read-result.ts';
import { readRoles } from '../platform/stream/read-roles.ts';
import type { TalkPorts, WritePorts } from '../platform/stream/stream-ports.ts';
import { createTalk } from '../platform/stream/talk.ts';
import type { Clock, Logger } from '../runtime/ports.ts';
import { createRateLimiter } from '../tenancy/rate-limiter.ts';
import { createRequestLimits } from '../tenancy/request-limits.ts';
import type { Standing } from '../tenancy/standing.ts';
import { roleIdOf } from './agent-lambda.ts';
import type { InProcessWorld } from './in-process-world.ts';

/** A WebSocket to the platform in this process. */
export interface TestSocket {
  /** What has arrived, in order. */
  readonly frames: readonly ServerFrame[];
  say(frame: ClientFrame): Promise<void>;
  /** The line breaks. */
  drop(): Promise<void>;
}

/** The stream's Lambdas in this process. */
export interface InProcessStream {
  /** As somebody whose token has been checked. @param onFrame hears every frame when it arrives */
  connect(principal: Principal, onFrame?: (frame: ServerFrame) => void): Promise<TestSocket>;
  readonly sockets: MemorySockets;
  /** What the Lambda that tells followers has beside the ports of all. */
  readonly teller: Omit<WritePorts, 'messageSecurity' | 'securityLog'>;
}

const refusal = () => new Error('nobody can follow runs here: say { stream: true } when you make the platform');
/** Of a platform without the option. It throws where it is used and not where it is handed on. */
export const noStream: InProcessStream = {
  connect: () => Promise.reject(refusal()),
  get sockets(): never {
    throw refusal();
  },
  get teller(): never {
    throw refusal();
  },
};

export function inProcessStream(
  world: InProcessWorld,
  clock: Clock,
  logger: Logger,
  security: SecurityLog,
  standing: Standing,
): InProcessStream {
  const { meter, ids, runs, journal, blobs, bus } = world;
  const sockets = memorySockets();
  const common = {
    ...{ clock, logger, sockets, blobs },
    connections: memoryConnections(),
    log: memoryStreamLog(memoryTable(meter)),
    watches: memoryWatches(clock),
    isRevoked: async () => false,
  };
  const principals = new Map<string, Principal>();
  const talkPorts: TalkPorts = {
    ...common,
    ...{ ids, runs, bus, standing },
    limits: createRequestLimits(createRateLimiter({ rates: world.limits, clock, logger })),
    securityLog: security,
    door: createDoor({
      ...{ clock, log: security },
      verify: async (token) => {
        const principal = principals.get(token);
        return principal ? { ok: true, principal } : { ok: false, fault: 'token_missing', reason: 'no such token' };
      },
    }),
    resultOf: ({ runId }) => readResult(runId, { journal, blobs, runs }),
    sleep: (ms) => new Promise((resolve) => void clock.after(ms, resolve)),
  };
  const talk = createTalk(talkPorts);
  let connected = 0;

  return {
    sockets,
    teller: { ...common, ...readRoles(JSON.stringify({ coordinator: roleIdOf('coordinator') }), world.registry) },
    async connect(principal, onFrame = () => {}) {
      connected += 1;
      const connectionId = `socket-${connected}`;
      const token = `token-${connected}`;
      principals.set(token, principal);
      const frames: ServerFrame[] = [];
      sockets.open(connectionId, (text) => {
        const frame = ServerFrame.parse(JSON.parse(text));
        frames.push(frame);
        onFrame(frame);
      });
      await talk({ what: 'connect', connectionId, body: '' });
      const say = (frame: ClientFrame): Promise<void> =>
        talk({ what: 'message', connectionId, body: JSON.stringify(frame) });
      await say({ type: 'connection_init', payload: { token, client_id: principal.sub } });
      return {
        ...{ frames, say },
        async drop() {
          sockets.drop(connectionId);
          await talk({ what: 'disconnect', connectionId, body: '' });
        },
      };
    },
  };
}
