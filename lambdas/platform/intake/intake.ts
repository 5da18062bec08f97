import { type BusEvent, PLATFORM_SOURCE } from '../../contracts/bus-events.ts';
import { MusterError } from '../../contracts/errors.ts';
import type { Bus, Holds, Logger, Rejections } from '../../runtime/ports.ts';
import type { BatchWork } from '../../runtime/queue-handler.ts';
import type { QueueRecord } from '../../runtime/queue-record.ts';
import { type GenuineEventPorts, isGenuine } from '../../runtime/signing/genuine-event.ts';
import { runIdOf } from '../../workflow/run-identity.ts';
import { type RightsPorts, withinRights } from './agents-rights.ts';
import { applyHold, type HoldPorts } from './apply-hold.ts';
import { type ForkPorts, forkingOf, forkRun } from './fork-run.ts';
import { type Requester, readRequest } from './read-request.ts';
import { type StartPorts, startRun } from './start-run.ts';
import { addresseeOf, runFor, tellRun } from './tell-run.ts';

export interface IntakePorts
  extends StartPorts,
    Omit<HoldPorts, 'runs' | 'holds' | 'messageSecurity'>,
    Omit<RightsPorts, 'registry' | 'runs'>,
    Pick<GenuineEventPorts, 'rogues'> {
  readonly messageSecurity: GenuineEventPorts['messageSecurity'];
  readonly runs: StartPorts['runs'] & HoldPorts['runs'];
  readonly holds: Holds;
  readonly journal: ForkPorts['journal'];
  readonly bus: Bus;
  readonly rejections: Pick<Rejections, 'record'>;
  readonly logger: Logger;
}

/**
 * Takes requests off the bus: starts runs, and passes on to the coordinator what people and events have to say to one.
 * Whatever is wrong with a request is answered with `workflow_rejected` or `request_refused` and acknowledged; what bears an
 * agent's source and was not signed by it is dropped and told, since nobody knows whom to answer. Only when a service behind
 * a port fails does the message come back.
 */
export function createIntake(ports: IntakePorts): BatchWork {
  return async (records, invocation) => {
    const outcomes = await Promise.all(records.map((record) => take(record, ports)));
    const count = (outcome: Outcome): number => outcomes.filter((other) => other === outcome).length;
    invocation.note({ accepted: count('accepted'), rejected: count('rejected'), refused: count('refused') });
    await ports.securityLog.flush();
    return records.filter((_, index) => outcomes[index] === 'again').map((record) => record.id);
  };
}

type Outcome = 'accepted' | 'rejected' | 'refused' | 'again';

/** Who is answered, and about which run. */
interface Asker extends Requester {
  readonly runId: string;
}

async function take(record: QueueRecord, ports: IntakePorts): Promise<Outcome> {
  const read = readRequest(record.body, record.id);
  const { requester } = read;
  let asker: Asker = { ...requester, runId: runIdOf(requester.tenant, requester.requestId) };
  try {
    // What is hostile as it is written is not looked into any further: it is answered, whoever it is from.
    if ('fault' in read && read.fault.code === 'malformed_request') throw read.fault;
    if (!(await isGenuine(record.body, 'intake', ports))) return 'refused';
    if ('fault' in read) throw read.fault;
    const request = await withinRights(read.request, requester, ports);
    if (request.kind === 'start') await startRun(request, requester, ports);
    else if (request.kind === 'hold') await applyHold(request, record.receiveCount > 1, ports);
    else if (request.kind === 'fork') {
      const forking = await forkingOf(request, requester, ports.runs);
      const { tenant, workflow } = forking.source;
      asker = { ...asker, tenant, workflow, runId: forking.runId };
      await forkRun(request, forking, ports);
    } else {
      const to = addresseeOf(request);
      asker = { ...asker, runId: to.runId };
      const run = await runFor(request, to, ports.runs);
      if (run) asker = { ...asker, tenant: run.tenant, workflow: run.workflow };
      // What is under way may always be ended.
      if (request.kind !== 'cancel') await ports.quota.mayAct(asker.tenant, 'change');
      await tellRun(request, to, run, ports);
    }
    return 'accepted';
  } catch (error) {
    return turnAway(error, asker, record.id, ports);
  }
}

/** Tells the requester, unless the fault is not the request's: then the queue brings it back. */
async function turnAway(error: unknown, asker: Asker, id: string, ports: IntakePorts): Promise<Outcome> {
  const { requestId: request_id, correlationId: correlation_id, tenant, workflow, runId: run_id } = asker;
  try {
    if (!(error instanceof MusterError) || error.class !== 'data') throw error;
    const field = String(error.details?.field ?? '');
    const reason = error.message;
    ports.logger.info('request rejected', { run_id, request_id, tenant, workflow, code: error.code, field, reason });
    const { code } = error;
    const at = new Date(ports.clock.now()).toISOString();
    await ports.rejections.record(run_id, { id, at: ports.clock.now(), code: error.code, reason, field });
    const answer: BusEvent = asker.control
      ? { name: 'request_refused', detail: { ...asker.control, at, code, reason } }
      : { name: 'workflow_rejected', detail: { request_id, tenant, workflow, correlation_id, code, field, reason } };
    await ports.bus.publish(PLATFORM_SOURCE, [answer]);
    return 'rejected';
  } catch (failure) {
    ports.logger.error('request could not be dealt with and comes back', { run_id, request_id, error: failure });
    return 'again';
  }
}
