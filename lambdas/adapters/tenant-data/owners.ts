import type { FlowEvent } from '../../flow/events.ts';
import type { Blobs } from '../../runtime/ports.ts';
import { type Item, readText } from '../items/attributes.ts';
import { decodeEntry } from '../items/journal-items.ts';
import { snapshotOf } from '../items/snapshot-state.ts';
import { runKey } from '../items/table-layout.ts';
import { earlyKey } from '../items/tenant-items.ts';
import type { ItemTable } from './item-table.ts';
import type { Owner } from './owner-of.ts';

/** Where the record of a run was that is erased: whoever writes of it later is found as well. */
export const GONE = 'A#gone';
const RECORD = 'A#run';
/** Owners that are remembered. */
const MOST_KNOWN = 100_000;

/** Whose runs and flows are, as the state table knows it. */
export interface Owners {
  /** Whether it is this tenant's. */
  isOf(owner: Owner, tenant: string): Promise<boolean>;
}

export function createOwners(state: ItemTable, blobs: Pick<Blobs, 'get'>): Owners {
  const known = new Map<string, Promise<string | undefined>>();

  async function ofRun(runId: string, tenant: string): Promise<string | undefined> {
    const record = (await state.get(runKey(runId), RECORD)) ?? (await state.get(runKey(runId), GONE));
    if (record) return readText(record, 'tenant');
    // Something came for it before it was asked for, and it never was.
    return (await state.get(earlyKey(tenant), runId)) && tenant;
  }

  async function ofFlow(flowId: string): Promise<string | undefined> {
    const snapshot = await state.get(runKey(flowId), 'A#snapshot');
    const state_ = snapshot && (await snapshotOf(snapshot, blobs))?.state;
    const gate = gateIn(state_) ?? (await gateOfJournal(flowId));
    return gate?.tenant;
  }

  async function gateOfJournal(flowId: string): Promise<{ readonly tenant?: string | undefined } | undefined> {
    const rows = await state.partition(runKey(flowId));
    const entries = rows
      .filter((row) => /^E#\d{12}$/.test(row.sk?.S ?? '') && row.e)
      .map((row) => decodeEntry<FlowEvent>(row));
    const rule = entries.flatMap(({ events }) => events).find((event) => event.type === 'rule_set');
    return rule?.gate;
  }

  function remembered(name: string, look: () => Promise<string | undefined>): Promise<string | undefined> {
    const before = known.get(name);
    if (before) return before;
    const found = look();
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(name, found);
    // Somebody's it may become.
    const forget = (): void => void known.delete(name);
    found.then((tenant) => tenant === undefined && forget(), forget);
    return found;
  }

  return {
    async isOf(owner, tenant) {
      if (typeof owner === 'string') return false;
      if ('tenant' in owner) return owner.tenant === tenant;
      const name = 'run' in owner ? owner.run : owner.flow;
      const look = 'run' in owner ? () => ofRun(owner.run, tenant) : () => ofFlow(owner.flow);
      return (await remembered(`${tenant} ${name}`, look)) === tenant;
    },
  };
}

function gateIn(state: unknown): { tenant?: string } | undefined {
  if (typeof state !== 'object' || state === null || !('gate' in state)) return undefined;
  const { gate } = state;
  if (typeof gate !== 'object' || gate === null) return undefined;
  return 'tenant' in gate && typeof gate.tenant === 'string' ? { tenant: gate.tenant } : {};
}

/** What stays of a run's record: that it was this tenant's, for as long as anybody may still write of it. */
export const encodeGone = (runId: string, tenant: string, expiresAt: number): Item => ({
  ...{ pk: { S: runKey(runId) }, sk: { S: GONE }, tenant: { S: tenant } },
  expires_at: { N: String(expiresAt) },
});
