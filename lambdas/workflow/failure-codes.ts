/** Nobody knows whether the work took effect: no other agent, and no fallback, may do it again by itself (rule 6). */
export const UNKNOWN_OUTCOME = 'unknown_outcome';
/** The failures that a person is asked about unless the definition says otherwise: nobody knows what has happened. */
export const UNKNOWN = ['not_recorded', 'task_timeout', 'agent_silent', UNKNOWN_OUTCOME, 'task_parked'];
