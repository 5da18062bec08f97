import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { MusterError, NonRecoverableError, RecoverableError, SystemError } from '../../../contracts/errors.ts';
import { PutBack } from '../../../runtime/budgets/guard.ts';
import { ConnectionPoolExhausted } from '../../../runtime/pools/exhausted.ts';
import { NotDone } from '../../../runtime/tools/errors.ts';
import { withoutSecret } from '../../without-secret.ts';
import { httpFailure, unasked } from '../http-errors.ts';

const CODE = 'mcp_unavailable';
const BUSY_SECONDS = 10;

/** The server does not know our session any more, so it has not done what it was asked. */
export const isLostSession = (error: unknown): boolean =>
  error instanceof StreamableHTTPError && (error.code === 404 || error.code === 400);

/** What it means that a call of a tool failed. What the server says of it comes without our token. */
export function callFailure(server: string, error: unknown, token = ''): Error {
  if (error instanceof ConnectionPoolExhausted) return unasked(`the MCP server "${server}"`, error);
  if (error instanceof MusterError || error instanceof PutBack) return error;
  if (error instanceof StreamableHTTPError) return refusal(server, error.code, withoutSecret(error.message, token));
  if (error instanceof McpError) return answered(server, error.code, withoutSecret(error.message, token));
  const failure = httpFailure(`the MCP server "${server}"`, error);
  if (failure instanceof NotDone) return new NotDone(CODE, failure.message, { class: 'system', cause: error });
  return failure instanceof SystemError ? new SystemError(CODE, failure.message, undefined, { cause: error }) : failure;
}

/** Nothing has been asked of a tool yet. */
export function connectFailure(server: string, error: unknown, token?: string): Error {
  const failure = callFailure(server, error, token);
  if (failure instanceof NonRecoverableError || failure instanceof PutBack || failure instanceof NotDone)
    return failure;
  return new NotDone(CODE, failure.message, { class: 'system', cause: failure });
}

function refusal(server: string, code = 0, message = ''): Error {
  const said = `the MCP server "${server}" says ${code}: ${message}`.slice(0, 2_000);
  if (code === 401 || code === 403) return new NonRecoverableError('mcp_not_permitted', `${said}. Check its secret`);
  if (code === 429) return new PutBack(said, BUSY_SECONDS);
  return code >= 400 && code < 500 ? new NonRecoverableError('mcp_refused', said) : new SystemError(CODE, said);
}

function answered(server: string, code: number, message: string): Error {
  const said = `the MCP server "${server}" says: ${message}`.slice(0, 2_000);
  if (code === ErrorCode.RequestTimeout) return new RecoverableError('tool_timeout', said);
  if (code === ErrorCode.ConnectionClosed || code === ErrorCode.InternalError) return new SystemError(CODE, said);
  return new NonRecoverableError('tool_failed', said);
}
