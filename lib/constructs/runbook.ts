/** Headings of docs/runbook.md that alarms link to, by the heading's anchor. */
export const RUNBOOK = {
  'messages-wait-too-long': 'Messages wait too long',
  'messages-were-given-up-on': 'Messages were given up on',
  'an-agent-fails': 'An agent fails',
  'an-agent-comes-near-its-timeout': 'An agent comes near its timeout',
  'a-platform-lambda-fails': 'A platform Lambda fails',
  'the-coordinator-falls-behind': 'The coordinator falls behind',
  'events-were-not-delivered': 'Events were not delivered',
  'the-audit-falls-behind': 'The audit falls behind',
  'the-live-view-falls-behind': 'The live view falls behind',
  'the-state-table-is-throttled': 'The state table is throttled',
  'agents-are-out-of-the-pool': 'Agents are out of the pool',
  'a-breaker-has-opened': 'A breaker has opened',
} as const;
export type RunbookHeading = keyof typeof RUNBOOK;
