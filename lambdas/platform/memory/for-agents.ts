import { DataError, issuesOf, NonRecoverableError } from '../../contracts/errors.ts';
import { asJson, type Json } from '../../contracts/json.ts';
import { AgentMemoryRequest, type MemoryOperation, type Recalled } from '../../contracts/memory.ts';
import { isPassOf } from '../../runtime/memory/memory-pass.ts';
import type { MemoryPorts } from './memory-ports.ts';
import { tallied } from './outcome.ts';
import type { PoolStore } from './pool-store.ts';
import { poolsOf } from './pools-of.ts';
import { recall } from './recall.ts';
import { linkTo, noSuchMemory, remember } from './remember.ts';
import { workingNotes } from './working-notes.ts';

type Ask<Op extends MemoryOperation['op']> = Extract<MemoryOperation, { op: Op }>;

/** What agents ask for. Who asks, Lambda says; that the task is theirs, and whose its run is, the pass. */
export function forAgents(ports: MemoryPorts, store: PoolStore) {
  const notes = workingNotes(ports);

  async function checkPass(agent: string, { run_id: runId, task_id: taskId, pass }: AgentMemoryRequest): Promise<void> {
    const key = await ports.memoryPassKey.find();
    if (key !== undefined && isPassOf({ agent, runId, taskId }, pass, key, ports.clock.now())) return;
    throw new NonRecoverableError(
      'memory_not_permitted',
      `${agent} has no task ${taskId} of run ${runId} for tenant ${pass.tenant} now: it may speak of the task that it was handed, and while its attempt lasts`,
    );
  }

  /** @throws MusterError that says why not */
  return async function serve(agent: string, request: unknown): Promise<Json> {
    const parsed = AgentMemoryRequest.safeParse(request);
    if (!parsed.success) throw new DataError('memory_request_invalid', issuesOf(parsed.error));
    await checkPass(agent, parsed.data);
    const { run_id: run, task_id: task, operation } = parsed.data;
    const { tenant } = parsed.data.pass;
    const pools = await poolsOf(agent, ports.registry);
    const writable = (name: string) => ({ tenant, pool: pools.toWrite(name).pool });
    switch (operation.op) {
      case 'remember':
        return remember(
          { ...operation, address: writable(operation.pool), source: { run, task, agent } },
          ports,
          store,
        );
      case 'recall': {
        const { query } = operation;
        const readable = query.pools?.map(pools.toRead) ?? pools.readable;
        return asJson(await recall(tenant, query, readable, ports, store));
      }
      case 'read':
        return asJson(await readAll({ tenant, pool: pools.toRead(operation.pool).pool }, operation));
      case 'link':
        return store.change(writable(operation.pool), (state) => ({
          put: linkTo(state, operation.from, operation.link),
          answer: null,
        }));
      case 'outcome':
        return countOutcome(writable(operation.pool), operation, run);
      case 'forget':
        return store.change(writable(operation.pool), (state) => {
          const there = operation.ids.filter((id) => state.get(id) !== undefined);
          return { remove: there, answer: there.length };
        });
      case 'note':
        await notes.put(tenant, run, operation.name, operation.note);
        return null;
      case 'notes':
        return asJson(await notes.all(tenant, run));
    }
  };

  async function readAll(address: { tenant: string; pool: string }, { pool, ids }: Ask<'read'>) {
    const { state } = await store.read(address);
    return ids.flatMap((id): Omit<Recalled, 'score'>[] => {
      const entry = state.get(id)?.entry;
      return entry ? [{ ...entry, pool }] : [];
    });
  }

  function countOutcome(address: { tenant: string; pool: string }, { id, key, success }: Ask<'outcome'>, run: string) {
    return store.change(address, (state) => {
      const remembered = state.get(id);
      if (remembered === undefined) throw noSuchMemory(id);
      const counted = tallied(remembered, { key, run, success }, ports.clock.now());
      const { outcomes } = (counted ?? remembered).entry;
      return { put: counted ? [counted] : [], answer: asJson(outcomes ?? {}) };
    });
  }
}
