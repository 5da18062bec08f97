import { type ClientFrame, ServerFrame } from '../../../../../lambdas/contracts/stream.ts';
import { createStreamReader, type FollowedFrame } from '../../../../../lambdas/contracts/stream-reader.ts';
import type { AgentContext } from '../../../../../lambdas/runtime/agent.ts';

/* The code of docs/guides/streaming.md, word for word, for the compiler to check. */

export function follow(url: string, token: string, run: string, tell: (frame: FollowedFrame) => void): void {
  const reader = createStreamReader('1');
  const connect = (): void => {
    const socket = new WebSocket(url);
    const say = (frame: ClientFrame): void => socket.send(JSON.stringify(frame));
    const start = (): void => say({ type: 'start', id: '1', payload: { subscribe: { run, after: reader.position } } });
    socket.onopen = () => say({ type: 'connection_init', payload: { token, client_id: 'console-7' } });
    socket.onmessage = ({ data }) => {
      const frame = ServerFrame.parse(JSON.parse(String(data)));
      if (frame.type === 'connection_ack') start();
      if (frame.type === 'pong' && (frame.payload.positions['1'] ?? 0) > reader.position) start();
      for (const next of reader.take(frame)) tell(next);
      if (reader.ended) socket.close();
    };
    socket.onclose = () => {
      if (!reader.ended) setTimeout(connect, 1_000);
    };
  };
  connect();
}

export const write = async (topic: string, ctx: AgentContext): Promise<string> => {
  ctx.progress(0.1, 'reading', { topic });
  let text = '';
  for await (const part of ctx.model('fast').stream({ prompt: `Write about ${topic}.` }))
    if (part.type === 'text') text += part.text;
  return text;
};
