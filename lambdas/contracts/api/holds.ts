import * as z from 'zod';
import { Instant, Reason } from './common.ts';
import { route } from './route.ts';

const Held = z.object({
  action: z.enum(['pause', 'drain']).describe('pause: no task begins; drain: no run begins'),
  by: z.string(),
  reason: z.string(),
  since: Instant,
});
const HoldState = z
  .object({
    hold: Held.optional().describe('None: nothing holds it'),
    everything: Held.optional().describe('What holds all tenants'),
  })
  .meta({ id: 'HoldState' });

const body = z.strictObject({
  action: z
    .enum(['pause', 'drain', 'resume', 'cancel'])
    .describe('pause: no task begins; drain: runs go on and none begins; cancel: ends all that is open'),
  reason: Reason,
});
const answers = {
  200: { description: 'So it is now', body: HoldState },
  202: { description: 'Asked for', body: HoldState },
} as const;

export const holdRoutes = {
  getHold: route({
    method: 'GET',
    path: '/api/v1/tenant/hold',
    group: 'tenants',
    summary: 'Whether your own tenant is held, and by whom',
    access: { resource: 'tenant', action: 'read' },
    answers: { 200: { description: 'As it stands', body: HoldState } },
  }),
  setHold: route({
    method: 'PUT',
    path: '/api/v1/tenant/hold',
    group: 'tenants',
    summary: 'Holds all runs of your own tenant, lets go of them, or ends them',
    access: { resource: 'tenant', action: 'control' },
    body,
    answers,
  }),
  setHoldOfAll: route({
    method: 'PUT',
    path: '/api/v1/system/hold',
    group: 'operations',
    summary: 'The same for everything: all runs of all tenants',
    access: { resource: 'system', action: 'control' },
    scope: 'platform',
    body,
    answers,
  }),
} as const;
