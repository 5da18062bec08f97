import type { Tenancy } from '../../../lambdas/contracts/tenants.ts';

export const tenancy: Tenancy = {
  plans: {
    trial: { requestsPerSecond: 5, burst: 20, openRuns: 10, tokensPerDay: 100_000 },
    business: { requestsPerSecond: 200, requestsPerSecondEach: 50, openRuns: 2_000 },
  },
  defaultPlan: 'trial',
};
