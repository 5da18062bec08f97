import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { hearTask } from '../../../bin/cloud/stream-task.ts';

test('whoever follows a task gives up on a WebSocket API that greets nobody', async () => {
  let asked = 0;
  const server = createServer((_, answer) => answer.writeHead(503).end());
  server.on('upgrade', (_, socket) => {
    asked += 1;
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const door = { url: `ws://127.0.0.1:${port}`, token: 't', pauseMs: 1 };
  const task = { taskType: 'a.b', input: {}, hear: () => {}, signal: new AbortController().signal };
  await expect(hearTask(door, task)).rejects.toThrow('does not answer');
  expect(asked).toBe(20);
  server.close();
});
