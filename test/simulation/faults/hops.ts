import type { FaultKind } from './fault.ts';

/** Filled in once the runtime hands hop counts on. */
export const hops: FaultKind = {
  number: 26,
  does: 'agents pass a message on to each other in a circle over the bus',
  arm: () => ({}),
};
