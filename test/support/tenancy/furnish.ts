import { type Item, number, packed, text } from '../../../lambdas/adapters/items/attributes.ts';
import { encodeAccount, encodeStop, limitItemKey, rateItemKey } from '../../../lambdas/adapters/items/budget-items.ts';
import { encodeCached } from '../../../lambdas/adapters/items/cache-items.ts';
import { encodeClaim, encodeOutcome } from '../../../lambdas/adapters/items/claim-items.ts';
import { encodeHold } from '../../../lambdas/adapters/items/control-items.ts';
import { encodeFlow } from '../../../lambdas/adapters/items/flow-items.ts';
import { encodeEntry, encodeSnapshot } from '../../../lambdas/adapters/items/journal-items.ts';
import { encodeStep } from '../../../lambdas/adapters/items/ledger-items.ts';
import { encodeParked, encodeParkedMark, encodeParkedOf } from '../../../lambdas/adapters/items/parked-items.ts';
import { encodeRun, encodeWake } from '../../../lambdas/adapters/items/run-items.ts';
import { encodeHeartbeat, encodeResult, resultKey } from '../../../lambdas/adapters/items/run-notes-items.ts';
import { sharedWatchName, TOPICS, WATCHES } from '../../../lambdas/adapters/items/stream-items.ts';
import { encodeEarly, encodeOpenRun } from '../../../lambdas/adapters/items/tenant-items.ts';
import type { OwnedTable } from '../../../lambdas/adapters/tenant-data/owner-of.ts';
import { gateOf } from '../../../lambdas/flow/flow-identity.ts';
import { fresh } from '../../../lambdas/runtime/budgets/accounts.ts';
import type { RunRecord } from '../../../lambdas/runtime/ports.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import { mapBucket, mapTable } from './map-table.ts';

export const TABLES = [
  'state',
  'registry',
  'claims',
  'ledger',
  'budgets',
  'streams',
  'behaviour',
] as const satisfies readonly OwnedTable[];

/** All places in which something of tenants may lie, empty. */
export function emptyPlaces(page?: number) {
  return {
    state: mapTable(page),
    registry: mapTable(page),
    claims: mapTable(page),
    ledger: mapTable(page),
    budgets: mapTable(page),
    streams: mapTable(page),
    behaviour: mapTable(page),
    blobs: mapBucket(page),
    archive: mapBucket(page),
  };
}
export type Places = ReturnType<typeof emptyPlaces>;

const AT = Date.UTC(2026, 0, 1);
const nobody = { put: () => Promise.reject(new Error('it is small')) };

/** Leaves something of a tenant in every place, made by the encoders that the platform uses, with `secret` in all that can hold text. */
export async function furnish(places: Places, tenant: string, secret: string, runs = 2): Promise<string[]> {
  const runIds = Array.from({ length: runs }, (_, index) => runIdOf(tenant, `request ${index}`));
  for (const [index, runId] of runIds.entries()) furnishRun(places, tenant, secret, runId, `request ${index}`);
  const early = runIdOf(tenant, 'never asked for');
  const event = { type: 'event_received', id: 'e', event: 'paid', payload: { value: secret } };
  const entry = { seq: 1, turnId: 't', at: AT, confirmed: 0, events: [event] };
  places.state.add(encodeEarly(tenant, early, AT), encodeEntry(early, entry));
  furnishFlow(places, tenant, secret);
  const parked = {
    ...{ parkedId: `parked-${tenant}`, queue: 'q', at: AT, tenant, messageId: 'm', messageType: 'task_assignment' },
    ...{ reason: 'poison', body: secret },
  };
  const result = encodeResult(resultKey(tenant, 'etl', 'load'), { value: secret }, AT);
  places.state.add(encodeParkedMark(parked), encodeParkedOf(parked), await encodeParked(parked, nobody), result);
  places.registry.add(encodeHold(tenant, { action: 'pause', by: 'ann', reason: secret, at: AT }, AT));
  const cached = encodeCached('writer', `${tenant}/0a1b`, secret, AT);
  if (cached) places.ledger.add(cached);
  const rate = { tenant, model: 'fast' };
  places.budgets.add({ ...rateItemKey(rate), tokens_at: number(1) });
  places.budgets.add({ ...limitItemKey({ tenant, model: 'all' }), requests_at: number(1) });
  const principal = { kind: 'person', sub: 'ann', tenant, roles: ['viewer'], tokenId: 'j', issuedAt: 0, expiresAt: AT };
  const client = { connection: text(`c-${tenant}`), principal: text(JSON.stringify(principal)) };
  places.streams.add(
    { pk: text(`LOG#${tenant}#metrics`), sk: text('000000000001'), records: packed(JSON.stringify([secret])) },
    { pk: text(`SUBS#${tenant}#metrics`), sk: text('c#1'), ...client },
    { pk: text(`WATCH#${tenant}#metrics`), sk: text('WATCH') },
    { pk: text(`CONN#c-${tenant}`), sk: text('A#conn'), ...client },
    { pk: text(`CONN#c-${tenant}`), sk: text('OP#1'), tenant: text(tenant), topic: text('metrics') },
    { pk: text('OPEN'), sk: text(`c-${tenant}`), ...client },
    watchesWith(places, tenant),
  );
  places.behaviour.add({ pk: text(`ALERTS#${tenant}`), sk: text('1'), doc: text(secret) });
  const bytes = Buffer.from(secret);
  for (const key of [`${tenant}/aa`, `${tenant}/bb`, `${tenant}/cc`, `_snapshots/${tenant}/dd`])
    places.blobs.objects.set(key, bytes);
  places.archive.objects.set(`_archive/${tenant}/ee`, bytes);
  return runIds;
}

/** One row for what all tenants follow. */
function watchesWith({ streams }: Places, tenant: string): Item {
  const others = [...streams.rows.values()].find(({ pk }) => pk?.S === WATCHES)?.[TOPICS]?.M ?? {};
  const own = { [sharedWatchName(tenant, 'metrics')]: number(AT), [sharedWatchName(tenant, 'agent:a')]: number(AT) };
  return { pk: text(WATCHES), sk: text(WATCHES), until: number(AT), [TOPICS]: { M: { ...others, ...own } } };
}

function furnishRun(places: Places, tenant: string, secret: string, runId: string, requestId: string): void {
  const record: RunRecord = {
    ...{ runId, tenant, requestId, correlationId: 'c', workflow: 'etl', version: 1, requestDigest: 'd' },
    ...{ status: 'completed', requestedAt: AT, endedAt: AT + 1 },
  };
  const events = [{ type: 'run_started', secret }];
  places.state.add(
    encodeRun(record, 90),
    encodeWake(runId, AT),
    ...[1, 2, 3].map((seq) => encodeEntry(runId, { seq, turnId: `t${seq}`, at: AT, confirmed: 0, events })),
    encodeSnapshot(runId, { seq: 3, at: AT, confirmed: 3, engine: 1, state: {} }, { json: JSON.stringify({ secret }) }),
    encodeHeartbeat({ runId, taskId: 'load', attempt: 1, agent: 'loader', at: AT }),
    encodeOpenRun(tenant, runId, AT),
  );
  places.claims.add({ ...encodeClaim(`etl.load#${runId}/load`, 1, 'h', AT), outcome: encodeOutcome(secret) });
  const step = { position: 1, place: '1', kind: 'step', name: 's', outcome: { value: secret }, at: AT, attempt: 1 };
  places.ledger.add(encodeStep(`loader#${runId}/load/1`, step, AT));
  places.budgets.add(encodeAccount({ tenant, runId, part: '' }, fresh({})));
  places.budgets.add(encodeStop(runId, { by: 'ann', reason: secret }, AT));
}

function furnishFlow(places: Places, tenant: string, secret: string): void {
  const rule = { kind: 'concurrency', limit: 2 } as const;
  const gate = gateOf({ scope: 'tenant', tenant, rule, name: 'api', key: secret });
  const entry = (seq: number, event: object) => ({ seq, turnId: 't', at: AT, confirmed: 0, events: [event] });
  places.state.add(
    encodeFlow(gate, AT),
    encodeEntry(gate.flow_id, entry(1, { type: 'rule_set', gate })),
    encodeEntry(gate.flow_id, entry(2, { type: 'wake_set' })),
    encodeWake(gate.flow_id, AT),
  );
}

/** Every row and object, as text. */
export function contentsOf(places: Places): Map<string, string> {
  const contents = new Map<string, string>();
  for (const name of TABLES)
    for (const [key, item] of places[name].rows) contents.set(`${name} ${key}`, readable(item));
  for (const name of ['blobs', 'archive'] as const)
    for (const [key, bytes] of places[name].objects)
      contents.set(`${name} ${key}`, Buffer.from(bytes).toString('latin1'));
  return contents;
}

const readable = (item: object): string =>
  JSON.stringify(item, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
  );
