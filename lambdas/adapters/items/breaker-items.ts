import { BreakerState } from '../../contracts/breaker.ts';
import { SystemError } from '../../contracts/errors.ts';
import { type Item, number, packed, readNumber, readText, text, unpacked } from './attributes.ts';

export const BREAKERS = 'BREAKER';

export interface StoredBreaker {
  readonly agent: string;
  readonly state: BreakerState;
  /** One more with each write. */
  readonly version: number;
  /** Whose write it was: so that a writer knows its own when the answer got lost. */
  readonly writer: string;
}

export function encodeBreaker({ agent, state, version, writer }: StoredBreaker): Item {
  const key = { pk: text(BREAKERS), sk: text(agent) };
  return { ...key, version: number(version), writer: text(writer), doc: packed(JSON.stringify(state)) };
}

export function decodeBreaker(item: Item): StoredBreaker {
  return {
    agent: readText(item, 'sk'),
    state: BreakerState.parse(unpacked(item, 'doc')),
    version: readNumber(item, 'version'),
    writer: readText(item, 'writer'),
  };
}

/** What giving up on a breaker that others keep changing answers. */
export function breakerContended(agent: string): SystemError {
  return new SystemError('registry_unavailable', `the breaker of ${agent} is being changed by too many at once`, {
    agent,
  });
}
