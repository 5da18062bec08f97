import { PLANS, Tenancy } from '../contracts/tenants.ts';

/** The plans that a stack has set. @throws ZodError when they are none */
export const readTenancy = (json: string | undefined): Tenancy =>
  json === undefined ? PLANS : Tenancy.parse(JSON.parse(json));
