import type * as z from 'zod';
import { asJson } from '../../contracts/json.ts';
import type { Memory } from '../../runtime/memory.ts';

/**
 * What an agent keeps of itself between runs, by name, in its own pool. Whoever changes it sees to it that nobody else does at
 * the same time: the workflows that do have a limit of one.
 */
export async function readState<T>(
  memory: Pick<Memory, 'recall'>,
  name: string,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  const [entry] = await entriesOf(memory, name);
  return entry === undefined ? undefined : schema.safeParse(entry.data).data;
}

/** The new state first, then the old one goes: whoever dies in between leaves both, and the newer counts. */
export async function writeState(
  memory: Pick<Memory, 'recall' | 'remember' | 'forget'>,
  name: string,
  state: object,
): Promise<void> {
  const old = await entriesOf(memory, name);
  await memory.remember({ text: `what is known of ${name}`, group: groupOf(name), data: asJson(state) });
  await memory.forget(old.map(({ id }) => id));
}

const groupOf = (name: string): string => `state/${name}`.slice(0, 256);

async function entriesOf(memory: Pick<Memory, 'recall'>, name: string) {
  const { entries } = await memory.recall({ text: name, pools: ['own'], group: groupOf(name), limit: 10 });
  return entries.sort((a, b) => b.recorded_at - a.recorded_at);
}
