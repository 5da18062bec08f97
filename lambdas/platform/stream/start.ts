import { DataError } from '../../contracts/errors.ts';
import {
  agentTopic,
  METRICS_TOPIC,
  runTopic,
  type ServerFrame,
  STREAM_LIMITS,
  type StartFrame,
  type Topic,
} from '../../contracts/stream.ts';
import type { Subscription } from '../../runtime/stream/stream-ports.ts';
import { checkRate, checkStanding } from './check-request.ts';
import { replay } from './replay.ts';
import { requestTask } from './request-task.ts';
import { sendFrame } from './send-frame.ts';
import type { SocketEvent } from './socket-event.ts';
import type { Known, TalkPorts } from './stream-ports.ts';
import { tellEnd } from './tell-end.ts';
import { tenantFor } from './tenant-for.ts';

/** What is to be followed, once nothing is found against it. */
interface Followed {
  readonly tenant: string;
  readonly topic: Topic;
  readonly run?: string;
  readonly after: number;
  /** Makes it happen, when it is followed. */
  readonly begin?: () => Promise<void>;
}

/**
 * Follows something, and has it done first if it is a task. The same frame again, with `after`, goes on where the client
 * was: nothing is done twice, and no number is left out.
 * @throws DataError when it may not be followed, or is not there
 */
export async function start(connection: Known, frame: StartFrame, event: SocketEvent, ports: TalkPorts): Promise<void> {
  const { clock, connections, watches } = ports;
  await checkRate(connection, event, ports);
  const followed = await whatTo(connection, frame, event, ports);
  const { tenant, topic, run, after } = followed;
  const others = await connections.followedBy(connection.id);
  if (others.filter(({ operationId }) => operationId !== frame.id).length >= STREAM_LIMITS.operations)
    throw new DataError('too_many_operations', `a connection follows ${STREAM_LIMITS.operations} at most: stop one`);
  const subscription: Subscription = { connectionId: connection.id, operationId: frame.id, tenant, topic };
  const { until, client } = connection;
  // First it is kept, then followed, then read: what happens meanwhile comes twice rather than not at all.
  const settlesIn = await watches.watch(tenant, topic, clock.now() + STREAM_LIMITS.keepMs);
  await connections.follow({ ...subscription, until, principal: client.principal });
  if (settlesIn > 0) await ports.sleep(settlesIn);
  const caughtUp = await replay(subscription, after, ports, (head) => {
    const payload = { topic, after, head, ...(run !== undefined && { run }) };
    const ack: ServerFrame = { type: 'start_ack', id: frame.id, payload };
    return sendFrame(connection.id, ack, ports);
  });
  if (!caughtUp.here) return;
  if (await tellEnd(subscription, caughtUp.last, ports)) return;
  if (!caughtUp.last) await followed.begin?.();
}

async function whatTo(
  connection: Known,
  { id, payload }: StartFrame,
  event: SocketEvent,
  ports: TalkPorts,
): Promise<Followed> {
  const { principal } = connection.client;
  if ('task_type' in payload) {
    const tenant = tenantFor(principal, payload.tenant);
    permit(ports.door.permit(principal, 'task', 'create', { tenant }, about(event)));
    await checkStanding(tenant, 'begin', ports);
    const { run, begin } = requestTask(payload, { tenant, operation: id, client: connection.client }, ports);
    return { tenant, topic: runTopic(run), run, after: payload.after, begin };
  }
  const { subscribe } = payload;
  if ('run' in subscribe) {
    const record = await ports.runs.get(subscribe.run);
    const gone = new DataError('not_found', `there is no run ${subscribe.run}`);
    if (!record) throw gone;
    const asked = { ...about(event), target: subscribe.run };
    permit(ports.door.permit(principal, 'stream', 'read', { tenant: record.tenant }, asked), gone);
    await checkStanding(record.tenant, 'read', ports);
    return { tenant: record.tenant, topic: runTopic(subscribe.run), run: subscribe.run, after: subscribe.after };
  }
  const tenant = tenantFor(principal, subscribe.tenant);
  permit(ports.door.permit(principal, 'stream', 'read', { tenant }, about(event)));
  await checkStanding(tenant, 'read', ports);
  if ('agent' in subscribe) return { tenant, topic: agentTopic(subscribe.agent), after: subscribe.after };
  return { tenant, topic: METRICS_TOPIC, after: subscribe.after };
}

const about = ({ source }: SocketEvent) => (source === undefined ? {} : { source });

/** @param gone says it instead where who asks may not even know of it @throws DataError */
function permit(permission: ReturnType<TalkPorts['door']['permit']>, gone?: DataError): void {
  if (permission.ok) return;
  if (permission.hide) throw gone ?? new DataError('not_found', permission.reason);
  throw new DataError(permission.code, permission.reason);
}
