import { Gate } from '../../contracts/flow-control.ts';
import { type Item, number, packed, text, unpacked } from './attributes.ts';
import { expiryAfter } from './run-items.ts';

/** A flow that nobody has taken off the list is forgotten like its journal. */
export const KEEP_FLOW_DAYS = 30;
/** Where flows lie that all tenants share. */
const SHARED = '*';

/** The partitions that hold what a tenant may see. */
export const flowPartitions = (tenant: string): readonly string[] => [flowPartition(tenant), flowPartition(SHARED)];
const flowPartition = (tenant: string): string => `FLOWS#${tenant}`;

export function flowKey({ flow_id, tenant = SHARED }: Gate): Item {
  return { pk: text(flowPartition(tenant)), sk: text(flow_id) };
}

export function encodeFlow(gate: Gate, at: number): Item {
  const expires_at = number(expiryAfter(at, KEEP_FLOW_DAYS));
  return { ...flowKey(gate), at: number(at), expires_at, doc: packed(JSON.stringify(gate)) };
}

export function decodeFlow(item: Item): Gate {
  return Gate.parse(unpacked(item, 'doc'));
}

/** As people look for them. */
export function byNameAndKey(a: Gate, b: Gate): number {
  const [one, other] = [a, b].map(({ name, key, flow_id }) => JSON.stringify([name, key, flow_id]));
  return (one ?? '') < (other ?? '') ? -1 : 1;
}
