import { DataError } from '../contracts/errors.ts';
import type { TenantBehaviour } from './state.ts';

/** Raise it when a change of the state makes old ones unreadable: they are learned anew. */
const FORMAT = 1;
/** Digits that are kept of a figure: far more than any of them is known by. */
const DIGITS = 7;

/** Maps become lists of pairs under this name. */
const PAIRS = '$pairs';

export function encodeBehaviour(behaviour: TenantBehaviour): string {
  return JSON.stringify({ format: FORMAT, behaviour }, (_, value: unknown) => {
    if (value instanceof Map) return { [PAIRS]: [...value] };
    return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(DIGITS)) : value;
  });
}

/** @throws DataError `behaviour_unreadable`: by another version of this code, or by somebody's hand */
export function decodeBehaviour(text: string, tenant: string): TenantBehaviour {
  const read: unknown = JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || !(PAIRS in value)) return value;
    return new Map(value[PAIRS] as Iterable<[string, unknown]>);
  });
  if (isStored(read) && read.behaviour.tenant === tenant) return read.behaviour;
  throw new DataError(
    'behaviour_unreadable',
    `what is stored of the behaviour of ${tenant} is of no format that this knows`,
  );
}

function isStored(value: unknown): value is { behaviour: TenantBehaviour } {
  if (typeof value !== 'object' || value === null || !('format' in value) || value.format !== FORMAT) return false;
  if (!('behaviour' in value) || typeof value.behaviour !== 'object' || value.behaviour === null) return false;
  return 'subjects' in value.behaviour && value.behaviour.subjects instanceof Map;
}
