import * as z from 'zod';
import { agentSource, BUS_EVENTS, PLATFORM_SOURCE } from '../../contracts/bus-events.ts';
import { DataError } from '../../contracts/errors.ts';
import { hotSchema } from '../../contracts/hot-schema.ts';
import type { AgentStats } from '../../contracts/messages.ts';
import type { SecurityLog } from '../../contracts/security-events.ts';
import type { Heartbeats, ProgressBoard, RegistryWriter } from '../../runtime/ports.ts';
import { type SetParametersPorts, setParameters } from './set-parameters.ts';
import { type SetStatePorts, setState } from './set-state.ts';

export interface NotePorts extends SetStatePorts, SetParametersPorts {
  readonly registry: SetStatePorts['registry'] & Pick<RegistryWriter, 'recordStats'>;
  readonly board: ProgressBoard;
  readonly heartbeats: Pick<Heartbeats, 'record'>;
  readonly securityLog: SecurityLog;
}

/** Something to note; of those with one key only the newest of a batch is written. */
export interface Note {
  readonly key: string;
  /** Those of one line are written one after another, the oldest first. */
  readonly line?: string;
  readonly at: number;
  write(): Promise<void>;
}

const BusRecord = z.object({ id: z.string(), source: z.string(), time: z.string().optional() });
const heard = <N extends keyof typeof BUS_EVENTS>(name: N) =>
  BusRecord.extend({ 'detail-type': z.literal(name), detail: BUS_EVENTS[name] });
const Heard = hotSchema(
  z.discriminatedUnion('detail-type', [
    heard('agent_status'),
    heard('task_progress'),
    heard('task_heartbeat'),
    heard('security_noticed'),
    heard('coordination'),
    heard('agent_state_requested'),
    heard('agent_parameters_requested'),
  ]),
);

/**
 * What an event on the bus gives to note.
 * @throws DataError `speaker_not_permitted`; ZodError or SyntaxError when it can't be read
 */
export function readNote(body: string, ports: NotePorts): Note {
  const { registry, board, heartbeats } = ports;
  const event = Heard.parse(JSON.parse(body));
  const said = Date.parse(event.time ?? '') || 0;
  switch (event['detail-type']) {
    case 'agent_status': {
      const { agent, at, stats } = event.detail;
      checkSpeaker(event.source, agent);
      return { key: `status ${agent}`, at: Date.parse(at), write: () => recordStats(agent, stats, registry) };
    }
    case 'task_progress': {
      const { workflow_id: run, task_id: task, agent, progress, current_step: step } = event.detail;
      checkSpeaker(event.source, agent);
      const at = Date.parse(event.detail.at);
      return { key: `progress ${run} ${task}`, at, write: () => board.put(run, task, agent, progress, step, at) };
    }
    case 'task_heartbeat': {
      const { agent, tasks } = event.detail;
      checkSpeaker(event.source, agent);
      const at = Date.parse(event.detail.at);
      const beats = tasks.map(({ workflow_id: runId, task_id: taskId, attempt }) => ({
        ...{ runId, taskId, attempt, agent, at },
      }));
      return { key: `heartbeat ${event.id}`, at, write: () => heartbeats.record(beats) };
    }
    case 'security_noticed': {
      const { noticed_by: agent, ...noticed } = event.detail;
      checkSpeaker(event.source, agent);
      const target = `inbox of ${agent}`;
      return {
        key: `noticed ${event.id}`,
        at: said,
        write: async () => ports.securityLog.note({ ...noticed, target }),
      };
    }
    case 'coordination': {
      const { workflow_id: run, coordination_type: type, participants } = event.detail;
      if (!isAgent(event.source) && event.source !== PLATFORM_SOURCE) throw notTheirs(event.source);
      const write = async () => (type === 'workflow_start' ? board.watch(run, participants, said) : undefined);
      return { key: `coordination ${event.id}`, at: said, write };
    }
    case 'agent_state_requested': {
      const { detail, source } = event;
      if (isAgent(source)) throw notTheirs(source);
      return { key: `state ${detail.agent}`, at: said, write: () => setState(detail, said || undefined, ports) };
    }
    case 'agent_parameters_requested': {
      const { detail, source, id } = event;
      if (isAgent(source)) throw notTheirs(source);
      const write = () => setParameters(detail, { id, at: said || undefined }, ports);
      return { key: `parameters ${id}`, line: `parameters ${detail.agent}`, at: said, write };
    }
  }
}

/** A container that has finished nothing yet is a sign of life, and no reason to forget how the agent does. */
async function recordStats(agent: string, stats: AgentStats, registry: NotePorts['registry']): Promise<void> {
  const { last_activity, messages_processed } = stats;
  const known = messages_processed > 0 ? undefined : (await registry.agents()).find(({ name }) => name === agent);
  await registry.recordStats(agent, known?.load?.stats ? { ...known.load.stats, last_activity } : stats);
}

const isAgent = (source: string): boolean => source.startsWith(agentSource(''));

function checkSpeaker(source: string, agent: string): void {
  if (source !== agentSource(agent)) throw notTheirs(source);
}

function notTheirs(source: string): DataError {
  return new DataError('speaker_not_permitted', `"${source}" may not say this; an agent speaks for itself only`);
}
