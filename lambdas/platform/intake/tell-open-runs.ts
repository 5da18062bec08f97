import { ALL_TENANTS } from '../../contracts/control.ts';
import { asJson } from '../../contracts/json.ts';
import { Priority } from '../../contracts/priority.ts';
import { encodeMessage } from '../../runtime/message-codec.ts';
import type { Logger, OutgoingMessage, RunRecord, Runs } from '../../runtime/ports.ts';
import { coordinatorHeader, type LaunchPorts } from './launch.ts';
import type { HoldRequest } from './read-request.ts';

export interface TellAllPorts
  extends Pick<LaunchPorts, 'clock' | 'ids' | 'blobs' | 'messageSecurity' | 'queues' | 'coordinatorQueue'> {
  readonly runs: Pick<Runs, 'get' | 'open'>;
  readonly logger: Logger;
  /** Where a request goes that one invocation has not finished with. */
  readonly intakeQueue: string;
}

/** Pages of open runs that one invocation tells, some two hundred runs each. */
const MOST_PAGES = 5;
/** Records read at once. */
const AT_ONCE = 25;

/**
 * Tells every open run that a hold concerns: to look at what holds it, or to end. When there are too many for one
 * invocation, it goes on by a message to itself. Telling a run twice does no harm.
 */
export async function tellOpenRuns(request: HoldRequest, ports: TellAllPorts): Promise<void> {
  // Open runs are listed by when they want to be woken, which can change meanwhile: what must end is looked for twice.
  const passes = request.detail.action === 'cancel' ? 2 : 1;
  let { next, pass } = request.goOn ?? { next: undefined, pass: 1 };
  let told = 0;
  for (let page = 0; page < MOST_PAGES && pass <= passes; page++) {
    const { runIds, next: rest } = await ports.runs.open(next);
    for (let from = 0; from < runIds.length; from += AT_ONCE) {
      told += await tell(request, runIds.slice(from, from + AT_ONCE), ports);
    }
    next = rest;
    if (next === undefined) pass += 1;
  }
  if (pass <= passes) await goOn(request, { pass, ...(next !== undefined && { next }) }, ports);
  ports.logger.info('open runs told', { scope: request.detail.scope, action: request.detail.action, told });
}

async function tell(request: HoldRequest, runIds: readonly string[], ports: TellAllPorts): Promise<number> {
  const { scope } = request.detail;
  const records = await Promise.all(runIds.map((runId) => ports.runs.get(runId)));
  const concerned = records.filter(
    (run): run is RunRecord => run !== undefined && isOpen(run) && (scope === ALL_TENANTS || run.tenant === scope),
  );
  const messages = await Promise.all(concerned.map((run) => messageTo(run, request, ports)));
  await ports.queues.send(ports.coordinatorQueue, messages);
  return messages.length;
}

const isOpen = ({ status }: RunRecord): boolean => status === 'requested' || status === 'running';

async function messageTo(
  run: RunRecord,
  { id: request_id, detail }: HoldRequest,
  ports: TellAllPorts,
): Promise<OutgoingMessage> {
  const { runId: run_id, tenant, correlationId: correlation_id } = run;
  const { action, reason, requested_by } = detail;
  const type = action === 'cancel' ? 'cancel_run' : 'wake_run';
  const payload =
    action === 'cancel'
      ? { run_id, request_id, reason: reason || `${requested_by} cancelled all`, requested_by }
      : { run_id };
  const header = coordinatorHeader(type, { tenant, correlation_id, priority: Priority.high }, ports);
  const body = await encodeMessage({ header, payload: asJson(payload) }, ports);
  return { body, groupId: run_id, deduplicationId: ports.ids.uuid() };
}

async function goOn(request: HoldRequest, go_on: HoldRequest['goOn'], ports: TellAllPorts): Promise<void> {
  const { id, source, at, detail } = request;
  const time = at === undefined ? undefined : new Date(at).toISOString();
  const body = JSON.stringify({ id, source, time, 'detail-type': 'hold_requested', detail, go_on });
  await ports.queues.send(ports.intakeQueue, [{ body, groupId: source }]);
}
