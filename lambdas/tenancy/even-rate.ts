/** An even stream of permits, of which so many may be taken at once. */
export interface EvenRate {
  readonly perSecond: number;
  readonly burst: number;
}

export type Admission = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number };
