import * as z from 'zod';
import { Erasure, MemoryEntry, Recollection, Unlearned } from '../../lambdas/contracts/memory.ts';
import { DEFAULT_TENANT, RunId } from '../../lambdas/contracts/names.ts';
import { CliError } from '../cli-error.ts';
import { askMemory } from '../cloud/ask-memory.ts';
import { findRun } from '../cloud/run-reader.ts';
import { withSession } from '../cloud/session.ts';
import { entryText, erasureText, foundTable, unlearnedText } from '../views/memories.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

interface OfTenant extends JsonOption {
  readonly tenant?: string;
}
export interface SearchOptions extends OfTenant {
  readonly pool?: string;
  readonly agent?: string;
  readonly limit?: string;
  readonly asOf?: string;
}

/** `muster memory search`: what agents would recall, over all pools of the tenant. */
export function search(text: string, options: SearchOptions, globals: GlobalOptions): Promise<void> {
  const { tenant = DEFAULT_TENANT, pool, agent, limit, asOf, json } = options;
  return withSession(globals.stage, async (session) => {
    const query = {
      ...{ text, limit: limit === undefined ? 10 : Number(limit) },
      ...(pool !== undefined && { pools: [pool] }),
      ...(asOf !== undefined && { as_of: momentOf(asOf) }),
    };
    const answer = await askMemory(session, tenant, { op: 'recall', query, ...(agent !== undefined && { agent }) });
    const found = Recollection.parse(answer);
    if (json) return printJson(found);
    print(found.entries.length === 0 ? 'nothing is remembered of that' : foundTable(found));
  });
}

/** `muster memory show`: an entry with all that is known of it. */
export function show(id: string, { tenant = DEFAULT_TENANT, json }: OfTenant, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const entry = MemoryEntry.extend({ pool: z.string() }).parse(await askMemory(session, tenant, { op: 'show', id }));
    if (json) return printJson(entry);
    print(entryText(entry));
  });
}

/** `muster memory unlearn`: takes away what came from a run. */
export function unlearn(given: string, options: OfTenant, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const { tenant = DEFAULT_TENANT } = options;
    const run = RunId.safeParse(given).data ?? (await findRun(session, given, tenant));
    const done = Unlearned.parse(await askMemory(session, tenant, { op: 'unlearn', run }));
    if (options.json) return printJson(done);
    print(unlearnedText(done));
  });
}

/** `muster memory forget --subject`: erases a person, shows what went, and that nothing is left. */
export function forget(options: OfTenant & { readonly subject: string }, globals: GlobalOptions): Promise<void> {
  const { tenant = DEFAULT_TENANT, subject, json } = options;
  return withSession(globals.stage, async (session) => {
    const erasure = Erasure.parse(await askMemory(session, tenant, { op: 'erase', subject }));
    if (json) printJson(erasure);
    else print(erasureText(erasure));
    if (erasure.left > 0) throw new CliError(`${erasure.left} entries of ${subject} are left`, 'run it again');
  });
}

function momentOf(text: string): number {
  const moment = Date.parse(text);
  if (Number.isNaN(moment)) throw new CliError(`"${text}" is no time`, 'give it as 2026-05-03 or 2026-05-03T12:00:00Z');
  return moment;
}
