import { breakerRace, clocks, retryStorm } from './clocks.ts';
import * as crashes from './crashes.ts';
import type { FaultKind } from './fault.ts';
import { forger } from './forger.ts';
import { hops } from './hops.ts';
import { impostor } from './impostor.ts';
import { keyRotation } from './keys.ts';
import { person } from './people.ts';
import { eventReplay } from './replays.ts';
import * as senders from './senders.ts';
import { snapshots } from './snapshots.ts';
import * as store from './store.ts';
import { noisyTenant } from './tenants.ts';
import * as transport from './transport.ts';

/** Every kind of fault of the matrix, by its short name. */
export const FAULTS = {
  duplicate: transport.duplicate,
  'bus-twice': transport.busTwice,
  'late-duplicate': transport.lateDuplicate,
  redrive: transport.redrive,
  reorder: transport.reorder,
  late: transport.late,
  'partial-batch': transport.partialBatch,
  'bad-answer': transport.badAnswer,
  poison: crashes.poison,
  'crash-before-effect': crashes.crashBeforeEffect,
  'crash-after-effect': crashes.crashAfterEffect,
  'crash-after-append': crashes.crashAfterAppend,
  'crash-anywhere': crashes.crashAnywhere,
  zombie: crashes.zombie,
  'lost-answer': store.lostAnswer,
  throttling: store.throttling,
  conflict: store.conflict,
  'two-coordinators': store.twoCoordinators,
  'stale-reads': store.staleReads,
  oversize: senders.oversize,
  'partial-send': transport.partialSend,
  'bus-gives-up': transport.busGivesUp,
  'throttled-consumer': transport.throttledConsumer,
  'breaker-race': breakerRace,
  'backup-wins': crashes.backupWins,
  'retry-storm': retryStorm,
  hops,
  twice: senders.twice,
  large: senders.large,
  impostor,
  forger,
  'key-rotation': keyRotation,
  'token-twice': senders.tokenTwice,
  clocks,
  'old-schema': senders.oldSchema,
  snapshots,
  person,
  'event-replay': eventReplay,
  'noisy-tenant': noisyTenant,
} as const satisfies Record<string, FaultKind>;
export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];
