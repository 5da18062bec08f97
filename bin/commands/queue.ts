import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import { readFlow } from '../cloud/flow-reader.ts';
import { readFurther } from '../cloud/run-reader.ts';
import { type Session, withSession } from '../cloud/session.ts';
import { type FlowLines, flowLines, type QueueLine, queueText, runLines } from '../views/queue.ts';
import { newFold } from '../views/run-fold.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

export interface QueueOptions extends JsonOption {
  readonly tenant?: string;
  readonly name?: string;
}

/** Flows and runs looked at: those in use, and the latest. */
const FLOWS = 500;
const RUNS = 100;
const AT_ONCE = 10;

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
export async function readQueue(
  session: Pick<Session, 'flowDirectory' | 'flowJournal' | 'journal' | 'blobs' | 'runs'>,
  { tenant = DEFAULT_TENANT, name }: QueueOptions,
  now: number,
): Promise<{ flows: FlowLines[]; runs: QueueLine[] }> {
  const gates = (await session.flowDirectory.list(tenant, FLOWS)).filter(
    (gate) => name === undefined || gate.name === name,
  );
  const flows = await inGroups(gates, async (gate) =>
    flowLines(gate, await readFlow(session, gate.flow_id), tenant, now),
  );
  const latest = await session.runs.list(tenant, RUNS);
  const open = latest.filter(
    ({ status, workflow }) => status === 'running' && (name === undefined || workflow === name),
  );
  const runs = await inGroups(open, async ({ runId }) => runLines(await readFurther(session, newFold(runId)), now));
  const inUse = flows.filter(({ lines, others }) => lines.length + others.running + others.waiting > 0);
  return { flows: inUse, runs: runs.flat() };
}

async function inGroups<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    done.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map(work))));
  }
  return done;
}
