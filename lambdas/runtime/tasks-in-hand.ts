import * as z from 'zod';
import type { BusEventDetail } from '../contracts/bus-events.ts';
import { Header } from '../contracts/envelope.ts';
import { TaskAssignment } from '../contracts/task-assignment.ts';
import { type DecodePorts, decodeMessage } from './message-codec.ts';

type TaskName = BusEventDetail<'task_heartbeat'>['tasks'][number];

/** One message body that came in a batch. */
export interface Piece {
  readonly body: string;
}

const Name = z.object({
  header: Header.pick({ attempt: true }).required(),
  payload: TaskAssignment.pick({ run_id: true }).extend({ task: TaskAssignment.shape.task.pick({ task_id: true }) }),
});

export type TasksInHand = ReturnType<typeof createTasksInHand>;

/**
 * The tasks of a batch that are not done yet: those at work, and those that wait their turn. Which ones they are is only
 * looked up when somebody asks, because most batches are over before.
 */
export function createTasksInHand(ports: DecodePorts) {
  const names = new Map<Piece, Promise<TaskName | undefined> | undefined>();

  async function nameOf({ body }: Piece): Promise<TaskName | undefined> {
    const named = Name.safeParse(await decodeMessage(body, ports).catch(() => undefined));
    if (!named.success) return undefined;
    const { header, payload } = named.data;
    return { workflow_id: payload.run_id, task_id: payload.task.task_id, attempt: header.attempt };
  }

  return {
    take(body: string): Piece {
      const piece = { body };
      names.set(piece, undefined);
      return piece;
    },
    done: (piece: Piece): void => void names.delete(piece),
    /** What is no task, or can't be read, has no name. */
    async names(): Promise<TaskName[]> {
      for (const [piece, name] of names) names.set(piece, name ?? nameOf(piece));
      const known = await Promise.all([...names].map(async ([piece, name]) => ({ piece, name: await name })));
      return known.flatMap(({ piece, name }) => (name && names.has(piece) ? [name] : []));
    },
  };
}
