import * as z from 'zod';
import { JsonObject } from '../../../contracts/json.ts';
import { WorkflowDefinition } from '../../../contracts/workflow-definition.ts';
import { VehicleId } from '../fleet/shapes.ts';
import { VEHICLE_WORKFLOW } from './names.ts';

const Input = z.strictObject({
  message_id: z.string().min(1).max(128),
  vehicle_id: VehicleId,
  said_at: z.string().max(64).optional(),
  data: z
    .looseObject({})
    .optional()
    .describe('Payload of a VEHICLE_DATA message; without it, what is known is looked at'),
});

/** One message about one vehicle, to the end of the case that it leads to, if it leads to one. */
export const vehicle = WorkflowDefinition.parse({
  name: VEHICLE_WORKFLOW,
  description:
    'Vehicle data → analysis → diagnosis → decision; then engagement → scheduling → feedback, as the decision adds them',
  input: JsonObject.parse(z.toJSONSchema(Input, { io: 'input' })),
  timeoutSeconds: 60 * 86_400,
  lifecycle: 'queue',
  tasks: [
    {
      id: 'intake',
      type: 'maintenance.intake',
      description: 'Sort the readings out',
      input: '{% $input %}',
    },
    {
      id: 'analysis',
      type: 'maintenance.analyse',
      description: 'Failure risk and remaining useful life: by a learned model, or by rules',
      dependsOn: ['intake'],
      input: { vehicle_id: '{% $results.intake.vehicle_id %}', days: '{% [$results.intake.days] %}' },
      select: 'score',
      escalate: 'person',
    },
    {
      id: 'diagnosis',
      type: 'maintenance.diagnose',
      description: 'Which part, and which signals say so',
      dependsOn: ['intake', 'analysis'],
      input: { analysis: '{% $results.analysis %}', days: '{% [$results.intake.days] %}' },
    },
    {
      id: 'decide',
      type: 'maintenance.decide',
      description: 'Engage the customer, or leave it at that',
      dependsOn: ['intake', 'analysis', 'diagnosis'],
      input: {
        vehicle_id: '{% $results.intake.vehicle_id %}',
        analysis: '{% $results.analysis %}',
        diagnosis: '{% $results.diagnosis %}',
      },
      // Else a vehicle whose run was cancelled would wait for that case to end.
      undo: { type: 'maintenance.conclude', input: { vehicle_id: '{% $input.vehicle_id %}', stage: 'given up' } },
    },
  ],
});
