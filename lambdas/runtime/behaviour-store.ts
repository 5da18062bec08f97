import type { BehaviourAlert } from '../contracts/behaviour.ts';

/** What is known of a tenant's behaviour, and how far its audit was read for it. */
export interface StoredBehaviour {
  /** As behaviour/codec.ts writes it. */
  readonly text: string;
  /** The number of the last object of the tenant's audit chain that it was learned from. */
  readonly seen: number;
  /** Of this record; each one replaces the one before. */
  readonly version: number;
}

/** Port: baselines, and the alerts that came of them. */
export interface BehaviourStore {
  /** Of what is stored now; 0: nothing is. */
  version(tenant: string): Promise<number>;
  load(tenant: string): Promise<StoredBehaviour | undefined>;
  /** False, and nothing changes, when another has replaced the version before. The first version is 1. */
  save(tenant: string, behaviour: StoredBehaviour): Promise<boolean>;
  /** Written once; the same again is harmless. Kept for 90 days. */
  keepAlert(alert: BehaviourAlert): Promise<void>;
  /** Newest first. */
  alerts(tenant: string, limit: number): Promise<BehaviourAlert[]>;
}
