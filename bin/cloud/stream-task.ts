import { randomUUID } from 'node:crypto';
import type { Json } from '../../lambdas/contracts/json.ts';
import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import { type ClientFrame, ServerFrame } from '../../lambdas/contracts/stream.ts';
import { createStreamReader } from '../../lambdas/contracts/stream-reader.ts';
import { CliError } from '../cli-error.ts';
import { streamUrlOf } from './api-url.ts';
import { issuerOf, noteInAudit } from './issuer.ts';
import type { Session } from './session.ts';

/** Lines one after the other that were closed before anybody was greeted. */
const MOST_IN_VAIN = 20;

/** A task that is started and followed over the WebSocket API. */
export interface StreamedTask {
  readonly taskType: string;
  readonly input: Json;
  /** Each frame once, in order. */
  hear(frame: ServerFrame): void;
  readonly signal: AbortSignal;
}

/**
 * Has one task done and hears it to its end; a line that breaks is taken up again after the last frame.
 * @throws CliError when the task is refused
 */
export async function streamTask(session: Session, task: StreamedTask): Promise<void> {
  return hearTask({ url: addressOf(session), token: await operatorToken(session) }, task);
}

/** Where the WebSocket API is, and who asks it. */
export interface StreamDoor {
  readonly url: string;
  readonly token: string;
  /** Before a line that broke is taken up again. Default: 500 */
  readonly pauseMs?: number;
}

/** @throws CliError when the task is refused, or nobody answers */
export async function hearTask(
  { url, token, pauseMs = 500 }: StreamDoor,
  { taskType, input, hear, signal }: StreamedTask,
): Promise<void> {
  const client_id = `demo-${randomUUID()}`;
  const reader = createStreamReader('1');
  const over = Promise.withResolvers<void>();
  let socket: WebSocket | undefined;
  let inVain = 0;

  function connect(): void {
    const line = new WebSocket(url);
    socket = line;
    inVain += 1;
    const say = (frame: ClientFrame): void => line.send(JSON.stringify(frame));
    const start = (): void =>
      say({ type: 'start', id: '1', payload: { task_type: taskType, input, after: reader.position } });
    line.onopen = () => say({ type: 'connection_init', payload: { token, client_id } });
    line.onmessage = ({ data }) => {
      const frame = frameIn(String(data));
      if (!frame) return over.reject(new CliError('the WebSocket API says what this version does not know'));
      if (frame.type === 'connection_ack') {
        inVain = 0;
        start();
      }
      if (frame.type === 'error' && frame.seq === undefined)
        over.reject(new CliError(`the task was refused: ${frame.payload.code}: ${frame.payload.message}`));
      for (const next of reader.take(frame)) hear(next);
      if (reader.ended) over.resolve();
    };
    line.onclose = () => {
      if (reader.ended || signal.aborted) return;
      if (inVain >= MOST_IN_VAIN)
        over.reject(new CliError('the WebSocket API does not answer', 'is the deployment up? try "npx muster agents"'));
      else setTimeout(connect, pauseMs);
    };
  }

  signal.addEventListener('abort', () => over.resolve(), { once: true });
  connect();
  try {
    await over.promise;
  } finally {
    if (socket) {
      socket.onclose = null;
      socket.close();
    }
  }
}

function frameIn(text: string): ServerFrame | undefined {
  try {
    return ServerFrame.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function addressOf({ target }: Session): string {
  const url = streamUrlOf(target);
  if (url === undefined)
    throw new CliError('this deployment has no WebSocket API', 'deploy it again: npx cdk deploy --all');
  return url;
}

/** For the few minutes that a demo takes; noted in the audit like any other. */
async function operatorToken(session: Session): Promise<string> {
  const who = { sub: 'muster-demo', tenant: DEFAULT_TENANT };
  const tokenId = randomUUID();
  const { token } = await issuerOf(session).issue({ ...who, roles: ['operator'], seconds: 900, tokenId });
  await noteInAudit(session, {
    kind: 'token_issued',
    reason: 'for a demo that follows its task',
    ...who,
    token_id: tokenId,
  });
  return token;
}
