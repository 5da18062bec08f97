import type { BatchWork } from '../../runtime/queue-handler.ts';
import type { Rogues } from '../../runtime/rogues.ts';
import { isGenuine } from '../../runtime/signing/genuine-event.ts';
import type { MessageSecurity } from '../../runtime/signing/message-security.ts';
import { noteSpeaker } from './note-speaker.ts';
import { type Note, type NotePorts, readNote } from './read-note.ts';

export interface MonitorPorts extends NotePorts {
  readonly messageSecurity: MessageSecurity;
  /** Default: nobody is taken out. */
  readonly rogues?: Rogues;
}

/**
 * Listens to what agents say of themselves and their tasks, and to people who take agents out of the pool, for selection
 * and for the live view. A message that can't be read, or in which one agent speaks for another, goes back until its
 * queue gives it up for repair; one that an agent has not signed is dropped and told.
 */
export function createMonitor(ports: MonitorPorts): BatchWork {
  return async (records, invocation) => {
    const failed: string[] = [];
    let refused = 0;
    const notes = new Map<string, { newest: Note; records: string[] }>();
    for (const { id, body } of records) {
      try {
        if (!(await isGenuine(body, 'monitor', ports))) {
          refused += 1;
          continue;
        }
        const note = readNote(body, ports);
        const known = notes.get(note.key);
        const newest = known && known.newest.at > note.at ? known.newest : note;
        notes.set(note.key, { newest, records: [...(known?.records ?? []), id] });
      } catch (error) {
        noteSpeaker(error, body, ports);
        ports.logger.error('event can not be noted', { record: id, error });
        failed.push(id);
      }
    }
    const lines = Map.groupBy(notes.values(), ({ newest }) => newest.line ?? newest.key);
    await Promise.all(
      [...lines.values()].map(async (line) => {
        for (const { newest, records: ids } of line.sort((a, b) => a.newest.at - b.newest.at)) {
          try {
            await newest.write();
          } catch (error) {
            ports.logger.error('event could not be noted and comes back', { key: newest.key, error });
            failed.push(...ids);
          }
        }
      }),
    );
    invocation.note({ noted: notes.size, refused });
    await ports.securityLog.flush();
    return failed;
  };
}
