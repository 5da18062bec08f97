import type { BusEvent } from '../../contracts/bus-events.ts';
import { ALL_TENANTS } from '../../contracts/control.ts';
import { asJson, type JsonObject } from '../../contracts/json.ts';
import { agentTopic, METRICS_TOPIC, runTopic } from '../../contracts/stream.ts';
import { type RunEvents, streamBody } from '../../contracts/stream-messages.ts';
import type { Ids, Logger, Queues } from '../../runtime/ports.ts';
import type { Watches } from '../../runtime/stream/stream-ports.ts';
import type { RunState } from '../../workflow/state.ts';

/** Where those who follow runs are told from. */
export interface StreamOutlet {
  readonly watches: Pick<Watches, 'isWatched' | 'shared'>;
  readonly queue: string;
}

export interface TellStreamPorts {
  readonly stream?: StreamOutlet;
  readonly queues: Pick<Queues, 'send'>;
  readonly ids: Ids;
  readonly logger: Logger;
}

/** SQS takes 1 MiB; an event has at most a result of 64 KiB in it. */
const EVENTS_PER_MESSAGE = 10;

/**
 * Tells what has been published about a run once more, in order, if anybody follows it. Nobody's run waits for those who
 * watch: what can't be told is only logged, and they find the run's end where it is kept.
 * @param events with the ids of their effects
 */
export async function tellStream(
  state: Pick<RunState, 'runId' | 'request'>,
  events: ReadonlyArray<{ readonly id: string; readonly event: BusEvent }>,
  { stream, queues, ids, logger }: TellStreamPorts,
): Promise<void> {
  if (!stream || events.length === 0) return;
  const { runId, request } = state;
  try {
    if (!(await isFollowed(state, events, stream))) return;
    const messages = [];
    for (let from = 0; from < events.length; from += EVENTS_PER_MESSAGE) {
      const some = events.slice(from, from + EVENTS_PER_MESSAGE);
      const told: RunEvents = {
        ...{ kind: 'run_events', tenant: request.tenant, run_id: runId },
        events: some.map(({ id, event: { name, detail } }) => ({ id, name, detail: asObject(detail) })),
      };
      messages.push({ body: streamBody(told), groupId: runId, deduplicationId: ids.uuid() });
    }
    await queues.send(stream.queue, messages);
  } catch (error) {
    logger.warn('those who follow the run could not be told', { run_id: runId, events: events.length, error });
  }
}

async function isFollowed(
  { runId, request }: Pick<RunState, 'runId' | 'request'>,
  events: ReadonlyArray<{ readonly event: BusEvent }>,
  { watches }: StreamOutlet,
): Promise<boolean> {
  const shared = await watches.shared();
  const agents = new Set(
    events.flatMap(({ event: { detail } }) => ('agent' in detail && detail.agent !== undefined ? [detail.agent] : [])),
  );
  const isAnothers = shared.some(
    ({ tenant, topic }) =>
      (tenant === ALL_TENANTS || tenant === request.tenant) &&
      (topic === METRICS_TOPIC || [...agents].some((agent) => topic === agentTopic(agent))),
  );
  return isAnothers || watches.isWatched(request.tenant, runTopic(runId));
}

/** Events hold nothing but JSON. */
function asObject(detail: object): JsonObject {
  const json = asJson(detail);
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : {};
}
