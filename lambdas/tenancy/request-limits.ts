import type { TenantLimits } from '../contracts/tenants.ts';
import type { EvenRate } from './even-rate.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** Who asks, and what its tenant may use. */
export interface Asker {
  readonly tenant: string;
  readonly sub: string;
  readonly limits: TenantLimits;
}

export type RequestAdmission =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly code: 'rate_limited';
      /** Whose permits are used up. */
      readonly of: 'tenant' | 'principal';
      /** For `Retry-After`. */
      readonly retryAfterSeconds: number;
      readonly reason: string;
    };

export interface RequestLimits {
  /** Once for each request, after it is known who asks. */
  admit(asker: Asker): Promise<RequestAdmission>;
}

/** Seconds of a rate that may be used at once, where nothing is said. */
const BURST_SECONDS = 2;

const evenly = (perSecond: number, burst?: number): EvenRate => ({
  perSecond,
  burst: Math.max(1, burst ?? Math.ceil(perSecond * BURST_SECONDS)),
});

/**
 * A request takes a permit of its principal and one of its tenant. The principal's comes first: who has used up its own
 * does not use up those of its colleagues.
 */
export function createRequestLimits(limiter: RateLimiter): RequestLimits {
  return {
    async admit({ tenant, sub, limits }) {
      const { requestsPerSecond, burst, requestsPerSecondEach } = limits;
      const wanted = [
        ['principal', `sub:${sub}`, requestsPerSecondEach, undefined],
        ['tenant', 'all', requestsPerSecond, burst],
      ] as const;
      for (const [of, name, perSecond, atOnce] of wanted) {
        if (perSecond === undefined) continue;
        const admission = await limiter.take({ tenant, name }, evenly(perSecond, atOnce));
        if (admission.ok) continue;
        const who = of === 'tenant' ? `tenant "${tenant}"` : `"${sub}"`;
        return {
          ok: false,
          ...{ code: 'rate_limited', of },
          retryAfterSeconds: Math.max(1, Math.ceil(admission.retryAfterMs / 1_000)),
          reason: `${who} asks more often than ${perSecond} times a second`,
        };
      }
      return { ok: true };
    },
  };
}
