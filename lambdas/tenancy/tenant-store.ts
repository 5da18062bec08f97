import type { Json } from '../contracts/json.ts';

/** Something that there is of a tenant, such as a run with all that is written of it. */
export interface TenantPiece {
  /** Unique in its store. */
  readonly id: string;
  /** For an export, as a person can read it. */
  lines(): Promise<readonly Json[]>;
}

/**
 * One of the places where something of tenants lies. Looking, exporting and erasing go by the same `page`: what one of
 * them sees the others see.
 */
export interface TenantStore {
  readonly name: string;
  /** Some of what there is, and where to go on; without `next` that was all. A page may be empty and not the last. */
  page(tenant: string, from?: string): Promise<TenantPage>;
  /** For good; again after a crash it finishes what was begun. */
  remove(tenant: string, pieces: readonly TenantPiece[]): Promise<void>;
}

export interface TenantPage {
  readonly pieces: readonly TenantPiece[];
  readonly next?: string;
}
