import type { PriorityLevel } from '../../../contracts/priority.ts';
import type { TaskDefinition } from '../../../contracts/workflow-definition.ts';

const DAY = 86_400;
/** So long a garage and a customer have to say how it went, after the case was booked. */
export const FEEDBACK_DAYS = 45;

/**
 * What happens to a case once it is decided to act: engagement, and with a yes a booking, the visit, and what was found. All of
 * it in the priority of the case: where a limit makes tasks wait, critical ones go before high ones.
 */
export function caseTasks(priority: PriorityLevel): TaskDefinition[] {
  const booked = '{% $exists($results.scheduling) and $results.scheduling.booking != null %}';
  const vehicle_id = '{% $results.intake.vehicle_id %}';
  const diagnosis = '{% $results.diagnosis %}';
  return [
    {
      id: 'engagement',
      type: 'maintenance.engage',
      description: 'Ask the customer',
      dependsOn: ['intake', 'diagnosis', 'decide'],
      input: { vehicle_id, diagnosis, customer_id: '{% $results.decide.customer_id ?? null %}' },
      ...{ priority, escalate: 'person' },
    },
    {
      id: 'arrange',
      type: 'maintenance.arrange',
      description: 'Book, or close the case',
      dependsOn: ['intake', 'diagnosis', 'engagement'],
      input: { vehicle_id, diagnosis, outcome: '{% $results.engagement.outcome %}' },
      priority,
    },
    {
      id: 'scheduling',
      type: 'maintenance.schedule',
      description: 'Find a centre, a bay, a technician and the part',
      dependsOn: ['intake', 'diagnosis', 'arrange'],
      when: '{% $results.arrange.book %}',
      input: { vehicle_id, diagnosis },
      limits: [{ name: 'maintenance.calendar', concurrency: 4 }],
      undo: { type: 'maintenance.cancel_booking', input: { booking: '{% $result.booking ?? null %}' } },
      ...{ priority, escalate: 'person' },
    },
    {
      id: 'no_slot',
      description: 'No visit could be booked: a person finds one, or tells the customer',
      dependsOn: ['intake', 'diagnosis', 'scheduling'],
      when: '{% $exists($results.scheduling) and $results.scheduling.booking = null %}',
      ask: {
        question: `{% 'No visit for ' & $results.intake.vehicle_id & ': ' & $results.scheduling.reason & '. What was agreed with the customer?' %}`,
        options: ['booked by hand', 'dropped'],
        to: 'service desk',
        shows: diagnosis,
        remindAfterSeconds: [DAY],
      },
      ...{ priority, timeoutSeconds: 7 * DAY, fallback: { value: { decision: 'nobody decided' } } },
    },
    {
      id: 'unbooked',
      type: 'maintenance.conclude',
      dependsOn: ['intake', 'no_slot'],
      when: '{% $exists($results.no_slot) %}',
      input: { vehicle_id, stage: `{% 'no slot: ' & $results.no_slot.decision %}` },
      priority,
    },
    {
      id: 'visit',
      description: 'What the garage and the customer say, days later',
      dependsOn: ['scheduling'],
      when: booked,
      waitFor: { event: 'feedback', key: '{% $results.scheduling.booking.booking_id %}' },
      timeoutSeconds: FEEDBACK_DAYS * DAY,
      fallback: { value: null },
    },
    {
      id: 'feedback',
      type: 'maintenance.process_feedback',
      description: 'Note what was found and how it was liked',
      dependsOn: ['intake', 'scheduling', 'visit'],
      when: booked,
      input: { vehicle_id, booking: '{% $results.scheduling.booking %}', feedback: '{% $results.visit ?? null %}' },
      priority: 1,
    },
    {
      id: 'done',
      type: 'maintenance.conclude',
      dependsOn: ['intake', 'feedback'],
      when: '{% $exists($results.feedback) %}',
      input: { vehicle_id, stage: 'done' },
      priority: 1,
    },
  ];
}
