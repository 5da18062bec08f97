import type { ParkedMessage } from '../../lambdas/runtime/ports.ts';
import type { Cause } from '../../lambdas/views/parked-causes.ts';
import { table, timeOf } from './text.ts';

export function causesTable(causes: readonly Cause[], now: number): string {
  const rows = causes.map(({ fingerprint, messages, queue, messageType, reason }) => [
    fingerprint,
    String(messages.length),
    String(new Set(messages.flatMap(({ runId }) => runId ?? [])).size),
    timeOf(Math.max(...messages.map(({ at }) => at)), now),
    queue,
    messageType,
    redriveOf(messages),
    reason.slice(0, 160),
  ]);
  return table(['cause', 'messages', 'runs', 'last', 'queue', 'message', 'redrive', 'reason'], rows);
}

/** What comes of giving them another chance. */
function redriveOf(messages: readonly ParkedMessage[]): string {
  const ways = messages.map(({ flowId, runId }) => {
    if (flowId !== undefined) return 'not needed: the flow goes on by itself';
    return runId === undefined ? 'sends it again' : 'resumes its run';
  });
  return [...new Set(ways)].join(', ');
}

export function messagesTable(messages: readonly ParkedMessage[], now: number): string {
  const rows = messages.map((message) => [
    timeOf(message.at, now),
    message.queue,
    message.messageType,
    message.flowId?.slice(0, 13) ?? message.runId?.slice(0, 12) ?? '',
    message.taskId ?? '',
    message.reason.slice(0, 100),
  ]);
  return table(['parked', 'queue', 'message', 'run or flow', 'task', 'reason'], rows);
}
