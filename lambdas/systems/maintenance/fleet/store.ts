import type * as z from 'zod';
import { RecoverableError } from '../../../contracts/errors.ts';
import type { AgentContext } from '../../../runtime/agent.ts';
import type { ObjectStore } from '../../../runtime/ports.ts';
import { tenantObjects } from '../../../runtime/tenant-objects.ts';

export const FLEET_BUCKET = 'maintenance-fleet';
/** So often others may be first before somebody gives way and comes again later. */
const TRIES = 12;

/** What of a bucket keeps records that several may change. */
export type Records = Pick<ObjectStore, 'readVersion' | 'replace' | 'list'>;

/** The records of a tenant's fleet; those of different tenants never meet. */
export const recordsOf = (ctx: Pick<AgentContext, 'bucket' | 'tenant'>): Records =>
  tenantObjects(ctx.bucket(FLEET_BUCKET), ctx.tenant);

/** A kind of record: where each lies, and what is in it. */
export interface RecordKind<S extends z.ZodType> {
  readonly prefix: string;
  readonly schema: S;
}

const keyOf = ({ prefix }: RecordKind<z.ZodType>, id: string): string => `${prefix}/${id}.json`;

export async function readRecord<S extends z.ZodType>(
  records: Pick<Records, 'readVersion'>,
  kind: RecordKind<S>,
  id: string,
): Promise<z.output<S> | undefined> {
  const found = await records.readVersion(keyOf(kind, id));
  return found && kind.schema.parse(JSON.parse(found.body));
}

/**
 * Changes a record as it is now, or as it is after whoever was first. `change` may be called several times; what it answers as
 * `undefined` changes nothing. Nothing is written that could not be read again.
 * @returns what it answers at last beside the record
 * @throws RecoverableError `record_contended` when others were first each time
 */
export async function changeRecord<S extends z.ZodType, T>(
  records: Pick<Records, 'readVersion' | 'replace'>,
  kind: RecordKind<S>,
  id: string,
  change: (known: z.output<S> | undefined) => { readonly next?: z.output<S>; readonly answer: T },
): Promise<T> {
  const key = keyOf(kind, id);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await records.readVersion(key);
    const { next, answer } = change(found && kind.schema.parse(JSON.parse(found.body)));
    if (next === undefined) return answer;
    if (await records.replace(key, JSON.stringify(kind.schema.parse(next)), found?.version)) return answer;
  }
  throw new RecoverableError('record_contended', `${key} is being changed by others; the attempt is made again`);
}

/** All records of a kind, some at a time. */
export async function readAll<S extends z.ZodType>(
  records: Pick<Records, 'readVersion' | 'list'>,
  kind: RecordKind<S>,
): Promise<z.output<S>[]> {
  const AT_ONCE = 32;
  const keys = (await records.list(`${kind.prefix}/`)).map(({ key }) => key);
  const all: z.output<S>[] = [];
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const some = await Promise.all(keys.slice(from, from + AT_ONCE).map((key) => records.readVersion(key)));
    for (const found of some) if (found) all.push(kind.schema.parse(JSON.parse(found.body)));
  }
  return all;
}
