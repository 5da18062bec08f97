import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import type { FlowLines, QueueLine } from '../../lambdas/views/queue-lines.ts';
import { type QueueReadPorts, readQueue as readQueueOf } from '../../lambdas/views/read-queue.ts';
import { explained } from '../cloud/explained.ts';
import { withSession } from '../cloud/session.ts';
import { queueText } from '../views/queue.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

export interface QueueOptions extends JsonOption {
  readonly tenant?: string;
  readonly name?: string;
}

/** `muster queue`: what runs, waits, is throttled, paused or tried again, per limit and key, with the reason and when. */
export function queue(options: QueueOptions, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const now = Date.now();
    const { flows, runs } = await readQueue(session, options, now);
    if (options.json) return printJson({ flows, runs });
    if (flows.length + runs.length > 0) return print(queueText(flows, runs, now));
    print(options.name === undefined ? 'nothing waits' : `nothing waits for "${options.name}"`);
  });
}

/** The limits at which something is under way, and the runs that stand still by themselves. */
export const readQueue = (
  ports: QueueReadPorts,
  { tenant = DEFAULT_TENANT, name }: QueueOptions,
  now: number,
): Promise<{ flows: FlowLines[]; runs: QueueLine[] }> =>
  explained(readQueueOf(ports, { tenant, ...(name !== undefined && { name }) }, now));
