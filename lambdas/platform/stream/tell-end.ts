import type { StreamRecord } from '../../contracts/stream.ts';
import type { RunRecord } from '../../runtime/ports.ts';
import type { Subscription } from '../../runtime/stream/stream-ports.ts';
import { resultAt } from './event-frames.ts';
import { isEnd, type Numbered } from './log-writer.ts';
import { frameFor } from './push.ts';
import { fits, sendFrame } from './send-frame.ts';
import type { TalkPorts } from './stream-ports.ts';

/**
 * Tells the end of a run that ended before anybody followed it, or whose log is over: from its journal, which has the last
 * word anyway. True when it has ended.
 */
export async function tellEnd(
  subscription: Subscription,
  last: Numbered | undefined,
  ports: TalkPorts,
): Promise<boolean> {
  const { connectionId, operationId, topic } = subscription;
  if (!topic.startsWith('run:') || (last && isEnd(last.record))) return false;
  const run = await ports.runs.get(topic.slice('run:'.length));
  if (!run || run.tenant !== subscription.tenant) return false;
  const body = await endOf(run, ports);
  if (!body) return false;
  const record: StreamRecord = { id: 'end', body };
  await sendFrame(connectionId, frameFor(operationId, { seq: (last?.seq ?? 0) + 1, record }), ports);
  await ports.connections.unfollow(connectionId, operationId);
  return true;
}

async function endOf(run: RunRecord, ports: TalkPorts): Promise<StreamRecord['body'] | undefined> {
  const { runId, status, workflow, error } = run;
  if (status === 'completed') {
    const result = await ports.resultOf(run);
    const summary = `${workflow} completed`;
    const isThere = result !== undefined && fits(result);
    return {
      type: 'complete',
      payload: {
        final_result: isThere ? result : null,
        summary,
        run: runId,
        ...(!isThere && { result_at: resultAt(runId) }),
      },
    };
  }
  if (status !== 'failed' && status !== 'cancelled') return undefined;
  const { code, message } = error ?? { code: status, message: `the run was ${status}` };
  return { type: 'error', payload: { ...error, code, message, run: runId } };
}
