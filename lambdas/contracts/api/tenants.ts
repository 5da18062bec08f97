import * as z from 'zod';
import { TenantId } from '../names.ts';
import { Counts, PlanName, TenantErasure, TenantLimits, TenantStatus } from '../tenants.ts';
import { Instant, Reason } from './common.ts';
import { route } from './route.ts';

const Tenant = z
  .object({
    tenant: z.string(),
    status: TenantStatus,
    plan: z.string(),
    limits: TenantLimits.describe('What counts: those of its plan, and over them its own'),
    recorded: z.boolean().describe('False: nothing is written of it, and the default plan counts'),
    changed_at: Instant.optional(),
    changed_by: z.string().optional(),
    erasure: z
      .object({ phase: TenantErasure.shape.phase, removed: Counts, left: Counts.optional() })
      .optional()
      .describe('How far it has come'),
  })
  .meta({ id: 'Tenant' });

const TenantPath = z.object({ tenant: TenantId });

export const tenantRoutes = {
  getTenant: route({
    method: 'GET',
    path: '/api/v1/tenant',
    group: 'tenants',
    summary: 'Your own tenant: its plan and limits',
    access: { resource: 'tenant', action: 'read' },
    answers: { 200: { description: 'As it stands', body: Tenant } },
  }),
  listTenants: route({
    method: 'GET',
    path: '/api/v1/tenants',
    group: 'tenants',
    summary: 'The tenants of whom something is written',
    access: { resource: 'tenant', action: 'configure' },
    scope: 'platform',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100).default(20),
      cursor: TenantId.optional().describe('Where to go on: `next_cursor` of the page before'),
    }),
    answers: {
      200: {
        description: 'A page of them, by name',
        body: z.object({ items: z.array(Tenant), next_cursor: z.string().optional() }),
      },
    },
  }),
  lookUpTenant: route({
    method: 'GET',
    path: '/api/v1/tenants/{tenant}',
    group: 'tenants',
    summary: 'A tenant, and how far its erasure has come',
    access: { resource: 'tenant', action: 'configure' },
    scope: 'platform',
    params: TenantPath,
    answers: { 200: { description: 'As it stands', body: Tenant } },
  }),
  setTenant: route({
    method: 'PUT',
    path: '/api/v1/tenants/{tenant}',
    group: 'tenants',
    summary: 'Changes the plan of a tenant, its own limits, or suspends it',
    access: { resource: 'tenant', action: 'configure' },
    scope: 'platform',
    params: TenantPath,
    body: z.strictObject({
      plan: PlanName.optional(),
      limits: TenantLimits.optional().describe('Instead of those that it has over its plan'),
      status: z.enum(['active', 'suspended']).optional(),
      reason: Reason,
    }),
    answers: { 200: { description: 'Changed', body: Tenant } },
  }),
  eraseTenant: route({
    method: 'DELETE',
    path: '/api/v1/tenants/{tenant}',
    group: 'tenants',
    summary: 'Erases everything that there is of a tenant, for good',
    description: 'It takes its time; the tenant itself says how far it has come. Nobody can be called so again.',
    access: { resource: 'tenant', action: 'erase' },
    scope: 'platform',
    params: TenantPath,
    query: z.object({
      confirm: TenantId.describe('The tenant once more: nobody erases one by a slip'),
      reason: z.string().max(1_000).default(''),
    }),
    answers: { 202: { description: 'It begins', body: z.object({ tenant: z.string() }) } },
  }),
} as const;
