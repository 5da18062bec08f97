import { journalRecords } from '../../../audit/journal-records.ts';
import { MusterError } from '../../../contracts/errors.ts';
import { Recollection } from '../../../contracts/memory.ts';
import { RunId } from '../../../contracts/names.ts';
import type { ParkedMessage } from '../../../runtime/ports.ts';
import { inGroups } from '../../../views/in-groups.ts';
import { causesOf } from '../../../views/parked-causes.ts';
import type { QueueLine } from '../../../views/queue-lines.ts';
import { readJournal } from '../../../views/read-journal.ts';
import { readQueue } from '../../../views/read-queue.ts';
import type { Handler } from '../call.ts';
import { clean } from '../edge/clean.ts';
import { cursorOf, placeOf, TimedPlace } from '../edge/cursor.ts';
import { instant } from '../runs/answers.ts';

export const listWaits: Handler<'listWaits'> = async ({ caller, query }, ports) => {
  const { name } = query;
  const wanted = { tenant: caller.tenant, ...(name !== undefined && { name }) };
  const { flows, runs } = await readQueue(ports, wanted, ports.clock.now());
  const shown = flows.map((flow) => ({ ...flow, lines: flow.lines.map(lineOf) }));
  return { status: 200, body: { flows: shown, runs: runs.map(lineOf) } };
};

function lineOf({ state, run_id, workflow, task, permits, since, reason, expected_at }: QueueLine) {
  return {
    ...{ state, workflow_id: run_id, workflow, since: instant(since), reason },
    ...(task !== undefined && { task_id: task }),
    ...(permits !== undefined && { permits }),
    ...(expected_at !== undefined && { expected_at: instant(expected_at) }),
  };
}

export const listQueues: Handler<'listQueues'> = async (_call, { platformQueues, queues, registry, clock }) => {
  const now = instant(clock.now());
  const own = await inGroups(Object.entries(platformQueues), async ([name, url]) => {
    const { waiting, inFlight } = await queues.depth(url);
    return { name, kind: 'platform' as const, waiting, in_flight: inFlight, measured_at: now };
  });
  // The monitor measures inboxes each minute: the API needs no rights to any of them.
  const inboxes = [...(await registry.agents())]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name, load }) =>
      load ? [{ name, kind: 'agent' as const, waiting: load.queue_depth, measured_at: instant(load.measured_at) }] : [],
    );
  return { status: 200, body: { items: [...own, ...inboxes] } };
};

/** Parked messages looked at: the newest. */
const PARKED = 1_000;

export const listDeadLetters: Handler<'listDeadLetters'> = async ({ caller, query }, { parkingLot }) => {
  const { limit, cursor, cause } = query;
  const place = placeOf(cursor, TimedPlace);
  const own = await parkingLot.list(PARKED, caller.tenant);
  const lines = causesOf(own)
    .filter(({ fingerprint }) => cause === undefined || fingerprint.startsWith(cause))
    .flatMap(({ fingerprint, messages }) => messages.map((message) => ({ message, fingerprint })))
    .sort((a, b) => newestFirst(a.message, b.message));
  const rest = place ? lines.filter(({ message }) => isBehind(message, place)) : lines;
  const page = rest.slice(0, limit);
  const last = page.at(-1)?.message;
  const more = rest.length > page.length && last;
  return {
    status: 200,
    body: {
      items: page.map(({ message, fingerprint }) => deadLetterOf(message, fingerprint)),
      ...(more && { next_cursor: cursorOf({ at: last.at, id: last.parkedId }) }),
    },
  };
};

const newestFirst = (a: ParkedMessage, b: ParkedMessage): number => b.at - a.at || (a.parkedId < b.parkedId ? -1 : 1);
const isBehind = ({ at, parkedId }: ParkedMessage, place: { at: number; id: string }): boolean =>
  at < place.at || (at === place.at && parkedId > place.id);

function deadLetterOf(message: ParkedMessage, cause: string) {
  const { parkedId, queue, at, messageId, messageType, runId, taskId, reason } = message;
  return {
    ...{
      parked_id: parkedId,
      cause,
      queue,
      at: instant(at),
      message_id: messageId,
      message_type: messageType,
      reason: clean(reason),
    },
    ...(RunId.safeParse(runId).success && { workflow_id: runId }),
    ...(taskId !== undefined && { task_id: taskId }),
  };
}

/** Runs of one correlation are few. */
const MOST_RUNS = 100;

/** The message log, as the journals of the runs of the correlation have it. */
export const listMessages: Handler<'listMessages'> = async ({ caller, query }, ports) => {
  const runs = await ports.runs.correlated(caller.tenant, query.correlation_id, MOST_RUNS);
  const records = await inGroups(runs, async ({ runId }) => {
    const entries = await readJournal(ports, runId).catch(notBegun);
    return journalRecords(runId, entries);
  });
  const messages = records.flat().flatMap((record) => (record.kind === 'message' ? [record] : []));
  const newest = messages.sort((a, b) => b.at - a.at).slice(0, query.limit);
  return {
    status: 200,
    body: {
      items: newest.map((record) => {
        const { at, channel, action, message_id, correlation_id, sender, receiver, type, priority, code } = record;
        return {
          ...{ time: instant(at), channel, action, message_id, sender, receiver, type, priority },
          correlation_id: correlation_id ?? query.correlation_id,
          ...(record.run_id !== undefined && { workflow_id: record.run_id }),
          ...(record.task_id !== undefined && { task_id: record.task_id }),
          ...(code !== undefined && { code }),
        };
      }),
    },
  };
};

/** A run that was asked for a moment ago has said nothing yet. */
function notBegun(error: unknown): [] {
  if (error instanceof MusterError && error.code === 'not_begun') return [];
  throw error;
}

export const searchMemory: Handler<'searchMemory'> = async ({ caller, body }, ports) => {
  const { text, pools, kinds, agent, limit, as_of, subject } = body;
  const query = {
    ...{ text, limit },
    ...(pools && { pools }),
    ...(kinds && { kinds }),
    ...(as_of !== undefined && { as_of: Date.parse(as_of) }),
    ...(subject !== undefined && { subject }),
  };
  const answer = await ports.askMemory(caller.tenant, { op: 'recall', query, ...(agent !== undefined && { agent }) });
  return { status: 200, body: Recollection.parse(answer) };
};
