import { defineManifest } from '../../../../contracts/manifest.ts';
import { FLEET_BUCKET } from '../../fleet/store.ts';
import { channelsOf } from '../../messages/worker-channels.ts';
import { CancelInput, CancelResult, ScheduleInput, ScheduleResult } from '../../task-shapes.ts';

/** Books visits. Bay, technician and spare are taken by one conditional write, so nobody gets them twice. */
export const manifest = defineManifest({
  name: 'maintenance-scheduling',
  description: 'Finds a centre, a bay, a technician and the spare for a repair, and books them together',
  errorImpact: 'Customers who have said yes get no appointment: the service desk has to book by hand.',
  effects: 'idempotent',
  channels: channelsOf('scheduling_agent'),
  reaches: { buckets: { [FLEET_BUCKET]: 'read-write' } },
  capabilities: {
    'maintenance.schedule': {
      description: 'Books the first visit in time',
      input: ScheduleInput,
      output: ScheduleResult,
    },
    'maintenance.cancel_booking': { description: 'Takes a visit back', input: CancelInput, output: CancelResult },
  },
});
