import * as z from 'zod';
import { MusterError, RecoverableError } from '../../contracts/errors.ts';
import { asJson, type Json } from '../../contracts/json.ts';
import {
  type AgentMemoryRequest,
  MemoryNotes,
  type MemoryOperationInput,
  MemoryOutcomes,
  type MemoryReply,
  Recalled,
  Recollection,
} from '../../contracts/memory.ts';
import type { AtWork } from '../abilities.ts';
import type { Memory } from '../memory.ts';
import type { MemoryAbility } from '../open-abilities.ts';
import { createTaint } from '../tools/taint.ts';
import { markRecalled, withOutside } from './outside.ts';

/** The way to the memory Lambda, through the door of this agent. @throws SystemError `memory_unavailable` */
export type MemoryDoor = (
  agent: string,
  request: Omit<AgentMemoryRequest, 'operation'> & { operation: MemoryOperationInput },
) => Promise<MemoryReply>;

/** What is recorded of a recollection: what was found, not what it says. */
const Pointers = z.strictObject({
  found: z.array(z.tuple([z.string(), z.string(), z.number()])),
  degraded: z.literal('embeddings_unavailable').optional(),
});
type Pointers = z.infer<typeof Pointers>;

const Ids = z.array(z.string());

/** `ctx.memory` by way of the memory Lambda. */
export function createMemoryAbility(door: MemoryDoor): MemoryAbility {
  return { taint: createTaint, open: (work) => openMemory(work, door) };
}

function openMemory(work: AtWork, door: MemoryDoor): Memory {
  let calls = 0;

  async function ask(operation: MemoryOperationInput): Promise<Json> {
    const { manifest, runId: run_id, taskId: task_id, memoryPass: pass } = work;
    if (pass === undefined) throw noPass(manifest.name);
    const reply = await door(manifest.name, { run_id, task_id, pass, operation });
    if ('error' in reply) throw new MusterError(reply.error);
    return reply.answer;
  }

  /** The same whenever this place of this task is come to. Numbers are given in the order of calls. */
  function placed(): () => string {
    const number = ++calls;
    const { runId, taskId, epoch, manifest } = work;
    return () => (manifest.uses.steps ? work.callId() : `${runId}/${taskId}/${epoch}/memory-${number}`);
  }

  async function rememberAll(entries: Parameters<Memory['rememberAll']>[0], { pool = 'own' } = {}) {
    const key = placed();
    if (entries.length === 0) return [];
    const ids = await work.operation('memory', 'remember', () =>
      ask({ op: 'remember', pool, key: key(), entries: entries.map((entry) => withOutside(entry, work.taint)) }),
    );
    return Ids.parse(ids);
  }

  return {
    rememberAll,
    remember: async (entry, options) => (await rememberAll([entry], options))[0] ?? '',

    async recall(query) {
      let fresh: Recollection | undefined;
      const recorded = await work.operation('memory', 'recall', async () => {
        const asked = typeof query === 'string' ? { text: query } : query;
        fresh = Recollection.parse(await ask({ op: 'recall', query: asked }));
        return asJson(pointersTo(fresh));
      });
      const recollection = fresh ?? (await lookUp(Pointers.parse(recorded)));
      markRecalled(recollection.entries, work.taint);
      return recollection;
    },

    async link(from, kind, to, { pool = 'own' } = {}) {
      await work.operation('memory', 'link', () => ask({ op: 'link', pool, from, link: { kind, to } }));
    },

    async outcome(id, success, { pool = 'own' } = {}) {
      const key = placed();
      return MemoryOutcomes.parse(
        await work.operation('memory', 'outcome', () => ask({ op: 'outcome', pool, id, key: key(), success })),
      );
    },

    async forget(ids, { pool = 'own' } = {}) {
      if (ids.length === 0) return 0;
      return z
        .number()
        .parse(await work.operation('memory', 'forget', () => ask({ op: 'forget', pool, ids: [...ids] })));
    },

    async note(name, value) {
      await work.operation('memory', 'note', () => {
        const outside = work.taint.isTainted([name, value]);
        return ask({ op: 'note', name, note: { value, ...(outside && { outside }) } });
      });
    },

    async notes() {
      const notes = Object.entries(
        MemoryNotes.parse(await work.operation('memory', 'notes', () => ask({ op: 'notes' }))),
      );
      for (const [name, { value, outside }] of notes) if (outside) work.taint.mark([name, value]);
      return Object.fromEntries(notes.map(([name, { value }]) => [name, value]));
    },
  };

  /** What was found by an earlier attempt, as it is now; what was forgotten since is missing. */
  async function lookUp({ found, degraded }: Pointers): Promise<Recollection> {
    const entries = new Map<string, Omit<Recalled, 'score'>>();
    for (const pool of new Set(found.map(([name]) => name))) {
      const ids = found.flatMap(([name, id]) => (name === pool ? [id] : []));
      const read = z.array(Recalled.omit({ score: true })).parse(await ask({ op: 'read', pool, ids }));
      for (const entry of read) entries.set(`${pool} ${entry.id}`, entry);
    }
    return {
      entries: found.flatMap(([pool, id, score]) => {
        const entry = entries.get(`${pool} ${id}`);
        return entry ? [{ ...entry, score }] : [];
      }),
      ...(degraded && { degraded }),
    };
  }
}

const pointersTo = ({ entries, degraded }: Recollection): Pointers => ({
  found: entries.map(({ pool, id, score }) => [pool, id, score]),
  ...(degraded && { degraded }),
});

const noPass = (agent: string): RecoverableError =>
  new RecoverableError(
    'memory_pass_missing',
    `this task was handed out when ${agent} was registered without memories; an attempt that begins now has what it needs`,
  );
