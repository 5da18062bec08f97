import { randomUUID } from 'node:crypto';
import type { Json } from '../../lambdas/contracts/json.ts';
import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import { type ClientFrame, ServerFrame } from '../../lambdas/contracts/stream.ts';
import { createStreamReader } from '../../lambdas/contracts/stream-reader.ts';
import { CliError } from '../cli-error.ts';
import { streamUrlOf } from './api-url.ts';
import { issuerOf, noteInAudit } from './issuer.ts';
import type { Session } from './session.ts';

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
export async function streamTask(session: Session, { taskType, input, hear, signal }: StreamedTask): Promise<void> {
  const url = addressOf(session);
  const token = await operatorToken(session);
  const client_id = `demo-${randomUUID()}`;
  const reader = createStreamReader('1');
  const over = Promise.withResolvers<void>();
  let socket: WebSocket | undefined;

  function connect(): void {
    const line = new WebSocket(url);
    socket = line;
    const say = (frame: ClientFrame): void => line.send(JSON.stringify(frame));
    const start = (): void =>
      say({ type: 'start', id: '1', payload: { task_type: taskType, input, after: reader.position } });
    line.onopen = () => say({ type: 'connection_init', payload: { token, client_id } });
    line.onmessage = ({ data }) => {
      const frame = ServerFrame.parse(JSON.parse(String(data)));
      if (frame.type === 'connection_ack') start();
      if (frame.type === 'error' && frame.seq === undefined)
        over.reject(new CliError(`the task was refused: ${frame.payload.code}: ${frame.payload.message}`));
      for (const next of reader.take(frame)) hear(next);
      if (reader.ended) over.resolve();
    };
    line.onclose = () => {
      if (!reader.ended && !signal.aborted) setTimeout(connect, 500);
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

/** For the few minutes that a demo takes; noted in the audit like any other. */
function addressOf({ target }: Session): string {
  const url = streamUrlOf(target);
  if (url === undefined)
    throw new CliError('this deployment has no WebSocket API', 'deploy it again: npx cdk deploy --all');
  return url;
}

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
