/**
 * What the peers have in common. They fail and dawdle because they are told to, so no threshold makes them unhealthy;
 * their breakers open and close within a test's patience.
 */
export const PEER = {
  errorImpact: 'Only tests use this agent; nobody else notices.',
  // Above 10 s a message is worked on alone, so that a crash takes no other test's task along.
  timeoutSeconds: 120,
  concurrency: 3,
  retry: { intervalSeconds: 0.2 },
  breaker: { failures: 3, seconds: 6 },
  health: { avgProcessingSeconds: 600, errorRate: 1, queueDepth: 10_000 },
} as const;
