import * as z from 'zod';
import { defineManifest } from '../../../../contracts/manifest.ts';
import { FLEET_BUCKET } from '../../fleet/store.ts';
import { channelsOf } from '../../messages/worker-channels.ts';
import {
  ArrangeInput,
  ArrangeResult,
  ConcludeInput,
  ConcludeResult,
  DecideInput,
  DecideResult,
  IntakeInput,
  IntakeResult,
} from '../../task-shapes.ts';

const { publishes, subscribes } = channelsOf('master_orchestrator');

export const OrchestratorParameters = z.object({
  snooze_days: z
    .number()
    .int()
    .min(0)
    .max(365)
    .default(14)
    .describe('After a no, or no answer, a vehicle is left alone so long'),
});

/** Turns what vehicles and people say into work, decides who is engaged, and hears what came of it. */
export const manifest = defineManifest({
  name: 'maintenance-orchestrator',
  description:
    'Master orchestrator: takes vehicle data in, has it analysed, decides whom to engage, and follows each case to its end',
  errorImpact:
    'Vehicles are not looked at and customers not told: workshops and drivers learn of failures when they happen.',
  effects: 'idempotent',
  roles: ['orchestrator'],
  channels: { publishes: [...publishes, 'workflow_requested', 'workflow_event'], subscribes },
  reaches: { buckets: { [FLEET_BUCKET]: 'read-write' } },
  parameters: OrchestratorParameters,
  capabilities: {
    'maintenance.intake': {
      description: 'Sorts readings out and puts them to the days that the vehicle has; asks for an analysis',
      input: IntakeInput,
      output: IntakeResult,
    },
    'maintenance.decide': {
      description: 'Decides whether the customer is engaged, how urgently, and adds the tasks of the case',
      input: DecideInput,
      output: DecideResult,
    },
    'maintenance.arrange': {
      description: 'After the customer has answered: asks for a visit, or closes the case',
      input: ArrangeInput,
      output: ArrangeResult,
    },
    'maintenance.conclude': { description: 'Closes the case', input: ConcludeInput, output: ConcludeResult },
  },
});
