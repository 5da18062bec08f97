import * as z from 'zod';
import { agentSource, BUS_EVENTS, PLATFORM_SOURCE } from '../../contracts/bus-events.ts';
import { DataError } from '../../contracts/errors.ts';
import type { Logger, ProgressBoard, RegistryWriter } from '../../runtime/ports.ts';
import type { BatchWork } from '../../runtime/queue-handler.ts';

export interface MonitorPorts {
  readonly logger: Logger;
  readonly registry: Pick<RegistryWriter, 'recordStats'>;
  readonly board: ProgressBoard;
}

/** Something to note; of those with one key only the newest of a batch is written. */
interface Note {
  readonly key: string;
  readonly at: number;
  write(): Promise<void>;
}

/**
 * Listens to what agents say of themselves and their tasks, for selection and for the live view. Nothing is decided
 * here. A message that can't be read, or in which one agent speaks for another, goes back until its queue gives it up
 * for repair.
 */
export function createMonitor(ports: MonitorPorts): BatchWork {
  return async (records, invocation) => {
    const failed: string[] = [];
    const notes = new Map<string, { newest: Note; records: string[] }>();
    for (const { id, body } of records) {
      try {
        const note = read(body, ports);
        const known = notes.get(note.key);
        const newest = known && known.newest.at > note.at ? known.newest : note;
        notes.set(note.key, { newest, records: [...(known?.records ?? []), id] });
      } catch (error) {
        ports.logger.error('event can not be noted', { record: id, error });
        failed.push(id);
      }
    }
    await Promise.all(
      [...notes.values()].map(async ({ newest, records: ids }) => {
        try {
          await newest.write();
        } catch (error) {
          ports.logger.error('event could not be noted and comes back', { key: newest.key, error });
          failed.push(...ids);
        }
      }),
    );
    invocation.note({ noted: notes.size });
    return failed;
  };
}

const BusRecord = z.object({ id: z.string(), source: z.string(), time: z.string().optional(), detail: z.unknown() });
const Heard = z.discriminatedUnion('detail-type', [
  BusRecord.extend({ 'detail-type': z.literal('agent_status'), detail: BUS_EVENTS.agent_status }),
  BusRecord.extend({ 'detail-type': z.literal('task_progress'), detail: BUS_EVENTS.task_progress }),
  BusRecord.extend({ 'detail-type': z.literal('coordination'), detail: BUS_EVENTS.coordination }),
]);

function read(body: string, { registry, board }: MonitorPorts): Note {
  const event = Heard.parse(JSON.parse(body));
  switch (event['detail-type']) {
    case 'agent_status': {
      const { agent, at, stats } = event.detail;
      checkSpeaker(event.source, agent);
      return { key: `status ${agent}`, at: Date.parse(at), write: () => registry.recordStats(agent, stats) };
    }
    case 'task_progress': {
      const { workflow_id: run, task_id: task, agent, progress, current_step: step } = event.detail;
      checkSpeaker(event.source, agent);
      const at = Date.parse(event.detail.at);
      return { key: `progress ${run} ${task}`, at, write: () => board.put(run, task, agent, progress, step, at) };
    }
    case 'coordination': {
      const { workflow_id: run, coordination_type: type, participants } = event.detail;
      if (!event.source.startsWith(agentSource('')) && event.source !== PLATFORM_SOURCE) throw notTheirs(event.source);
      const at = event.time === undefined ? 0 : Date.parse(event.time) || 0;
      const write = async () => (type === 'workflow_start' ? board.watch(run, participants, at) : undefined);
      return { key: `coordination ${event.id}`, at, write };
    }
  }
}

function checkSpeaker(source: string, agent: string): void {
  if (source !== agentSource(agent)) throw notTheirs(source);
}

function notTheirs(source: string): DataError {
  return new DataError('speaker_not_permitted', `"${source}" may not say this; an agent speaks for itself only`);
}
