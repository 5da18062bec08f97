import { WorkflowDefinition } from '../../../contracts/workflow-definition.ts';
import { LATE_ANSWER_WORKFLOW, LATE_FEEDBACK_WORKFLOW } from './names.ts';

const DAY = 86_400;

/** Feedback that came when its case was closed: from the second of garage and customer, or after weeks. */
export const lateFeedback = WorkflowDefinition.parse({
  name: LATE_FEEDBACK_WORKFLOW,
  description: 'Notes feedback on a visit whose case is closed already',
  tasks: [{ id: 'feedback', type: 'maintenance.process_feedback', priority: 1, input: '{% $input %}' }],
});

/** What a customer answers when nobody waits for it any more: it may change what was agreed, so a person reads it. */
export const lateAnswer = WorkflowDefinition.parse({
  name: LATE_ANSWER_WORKFLOW,
  description: 'Has a person read what a customer answers after the engagement has ended',
  timeoutSeconds: 8 * DAY,
  tasks: [
    {
      id: 'desk',
      ask: {
        question: `{% $input.vehicle_id & ': the customer has answered after the engagement had ended: "' & $substring($input.answer, 0, 1500) & '". What was agreed?' %}`,
        options: ['seen to', 'nothing to do'],
        to: 'service desk',
        remindAfterSeconds: [DAY],
      },
      ...{ timeoutSeconds: 7 * DAY, fallback: { value: { decision: 'nobody decided' } } },
    },
  ],
});
