import { API_SOURCE, BUS_EVENTS, type BusEvent } from '../../../contracts/bus-events.ts';
import { issuesOf } from '../../../contracts/errors.ts';
import { readFurther } from '../../../views/read-fold.ts';
import type { RunFold } from '../../../views/run-fold.ts';
import { hasEnded, viewOf } from '../../../views/run-view.ts';
import { ApiError } from '../api-error.ts';
import type { ApiPorts } from '../api-ports.ts';
import { refuse } from './ask-for-run.ts';
import type { OpenRun } from './open-run.ts';
import { until } from './until.ts';

/** How long a run is given to say what it makes of a request, ms. */
const ANSWERED_WITHIN_MS = 8_000;

/** A refusal that the journal has gained since. */
type Refusal = RunFold['refusals'][number];

/**
 * Says something to a run on the bus, and waits until its journal shows what came of it.
 * @param isDone whether a later state of the run shows that it was heeded
 * @param isMine whether a refusal answers this request
 * @returns the run as it is then; undefined: nothing is to be seen of it yet
 * @throws ApiError when run or intake have refused it, with their reason
 */
export async function tellRun(
  run: OpenRun,
  event: BusEvent,
  ports: ApiPorts,
  isDone: (fold: RunFold) => boolean,
  isMine: (refusal: Refusal) => boolean = () => true,
): Promise<OpenRun | undefined> {
  const { runId } = run.record;
  const before = await ports.rejections.of(runId);
  await ports.bus.publish(API_SOURCE, [event]);
  let { fold } = run;
  const known = fold.refusals.length;
  const heard = await until(ports.clock, ports.clock.now() + ANSWERED_WITHIN_MS, async () => {
    fold = await readFurther(ports, fold);
    if (isDone(fold)) return fold;
    const refusal = fold.refusals.slice(known).find(isMine);
    if (refusal) throw new ApiError('conflict', refusal.reason, { code: refusal.code, extras: { workflow_id: runId } });
    if (hasEnded(viewOf(fold)) && !hasEnded(run.view)) throw overtaken(viewOf(fold).status, runId);
    refuse(await ports.rejections.of(runId), before);
    return undefined;
  });
  return heard && { ...run, fold: heard, view: viewOf(heard) };
}

const overtaken = (status: string, runId: string): ApiError =>
  new ApiError('conflict', `the run is ${status} by now`, { code: 'run_ended', extras: { workflow_id: runId } });

type Details = { [N in BusEvent['name']]: Extract<BusEvent, { name: N }> };

/** An event as the bus takes it. @throws ApiError when it is not valid */
export function eventOf<N extends BusEvent['name']>(name: N, detail: object): Details[N] {
  const parsed = BUS_EVENTS[name].safeParse(detail);
  if (!parsed.success) throw new ApiError('invalid_request', issuesOf(parsed.error));
  // Name and schema belong together: that is the table of events.
  return { name, detail: parsed.data } as unknown as Details[N];
}
