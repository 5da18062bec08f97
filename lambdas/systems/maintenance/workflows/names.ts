export const VEHICLE_WORKFLOW = 'maintenance.vehicle';
export const INSIGHTS_WORKFLOW = 'maintenance.fleet-insights';
export const LATE_FEEDBACK_WORKFLOW = 'maintenance.late-feedback';
export const LATE_ANSWER_WORKFLOW = 'maintenance.late-answer';
