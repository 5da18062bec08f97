import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { McpServer } from '../../../contracts/mcp-settings.ts';
import { POOLS } from '../../../runtime/pools/defaults.ts';
import { createResourcePool } from '../../../runtime/pools/resources.ts';
import type { Clock } from '../../../runtime/ports.ts';
import { connectMcp, type McpCall, type McpConnection } from './mcp-connection.ts';
import { hashesOf } from './mcp-faces.ts';
import { callFailure, connectFailure, isLostSession } from './mcp-failure.ts';
import { createMcpFetch } from './mcp-fetch.ts';

/** A connection that has rested for longer may be dead, and its server another: it is asked for its tools first. */
const RESTED_MS = 4_000;
const CONNECT_MS = 10_000;

export interface McpServerOptions {
  readonly name: string;
  readonly settings: McpServer;
  readonly clock: Clock;
  /** The bearer token, if it wants one. */
  token?(): Promise<string>;
  readonly loopback: boolean;
  /** Of one answer, bytes. */
  readonly longestAnswer: number;
}

/** An MCP server as tools use it. */
export interface PooledMcpServer {
  /**
   * One call, if the tool still is what was pinned.
   * @param check is told the hash under which the server lists it now; throws what is to become of the call then
   */
  call(call: McpCall, check: (hash: string | undefined) => void): Promise<CallToolResult>;
}

interface Kept {
  readonly connection: McpConnection;
  /** By the names that the server gives. */
  hashes: ReadonlyMap<string, string>;
  usedAt: number;
}

/** Connections to a server: five at most, checked before they are used again. Make it once per container. */
export function createMcpServer({
  name,
  settings,
  clock,
  token,
  loopback,
  longestAnswer,
}: McpServerOptions): PooledMcpServer {
  const { url, private: isPrivate } = settings;
  const fetchFor = createMcpFetch({ url, longestAnswer, loopback, private: isPrivate });
  const never = new AbortController().signal;
  let told: string | undefined;

  async function connect(): Promise<Kept> {
    try {
      told = await token?.();
      const connection = await connectMcp(url, told, fetchFor, never, CONNECT_MS);
      try {
        return { connection, hashes: await listed(connection), usedAt: clock.now() };
      } catch (error) {
        await connection.close().catch(() => {});
        throw error;
      }
    } catch (error) {
      throw connectFailure(name, error, told);
    }
  }

  const listed = async (connection: McpConnection): Promise<ReadonlyMap<string, string>> =>
    hashesOf(name, await connection.list(never, CONNECT_MS));

  const { clients: places, acquireMs } = POOLS.http;
  const pool = createResourcePool<Kept>(
    {
      ...{ name: `mcp/${name}`, places, acquireMs, create: connect },
      destroy: ({ connection }) => connection.close(),
      async isUsable(kept) {
        if (clock.now() - kept.usedAt < RESTED_MS) return true;
        kept.hashes = await listed(kept.connection);
        kept.usedAt = clock.now();
        return true;
      },
    },
    clock,
  );

  /** Whatever fails on a connection, nobody uses it again. */
  async function once(call: McpCall, check: (hash: string | undefined) => void): Promise<CallToolResult> {
    let refusal: unknown;
    const result = await pool.use(async (kept) => {
      try {
        check(kept.hashes.get(call.name));
      } catch (error) {
        refusal = error;
        return undefined;
      }
      try {
        return await kept.connection.call(call);
      } catch (error) {
        kept.usedAt = Number.NEGATIVE_INFINITY;
        await kept.connection.close().catch(() => {});
        throw error;
      } finally {
        if (kept.usedAt !== Number.NEGATIVE_INFINITY) kept.usedAt = clock.now();
      }
    }, call.signal);
    if (!result) throw refusal;
    return result;
  }

  return {
    async call(call, check) {
      try {
        try {
          return await once(call, check);
        } catch (error) {
          if (!isLostSession(error) || call.signal.aborted) throw error;
          return await once(call, check);
        }
      } catch (error) {
        throw call.signal.aborted ? call.signal.reason : callFailure(name, error, told);
      }
    },
  };
}
