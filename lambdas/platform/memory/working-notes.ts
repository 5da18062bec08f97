import { type MemoryNote, MemoryNotes } from '../../contracts/memory.ts';
import type { MemoryPorts } from './memory-ports.ts';
import { open, seal } from './sealing.ts';

const KEPT_DAYS = 35;
const DAY_MS = 86_400_000;

/** Working memory: what the tasks of one run tell each other, by name. */
export function workingNotes({ memories, memoryKeys, clock }: MemoryPorts) {
  const place = (tenant: string, run: string, name: string): string => `note ${tenant}#${run}#${name}`;
  return {
    async put(tenant: string, run: string, name: string, note: MemoryNote): Promise<void> {
      const key = await memoryKeys.forSubject(tenant, undefined);
      const body = seal(Buffer.from(JSON.stringify(note)), key, place(tenant, run, name));
      await memories.putNote(tenant, run, { name, key: key.id, body }, clock.now() + KEPT_DAYS * DAY_MS);
    },
    async all(tenant: string, run: string): Promise<MemoryNotes> {
      const notes = await memories.notes(tenant, run);
      const keys = await memoryKeys.read(tenant, [...new Set(notes.map(({ key }) => key))]);
      const opened = notes.flatMap(({ name, key: id, body }) => {
        const key = keys.get(id);
        return key ? [[name, JSON.parse(open(body, key, place(tenant, run, name)).toString())] as const] : [];
      });
      return MemoryNotes.parse(Object.fromEntries(opened));
    },
  };
}
