/** URLs of the platform's queues. */
export const QUEUES = {
  intake: 'memory://intake',
  coordinator: 'memory://coordinator.fifo',
  timers: 'memory://timers',
  monitor: 'memory://monitor',
  audit: 'memory://audit.fifo',
  stream: 'memory://stream.fifo',
  behaviour: 'memory://behaviour.fifo',
  undelivered: 'memory://undelivered',
} as const;

/** The queues of an agent. */
export const inboxOf = (name: string) => ({
  express: `memory://${name}-express`,
  standard: `memory://${name}-standard`,
  deadLetters: `memory://${name}-dead`,
});

/** The ARN under which Lambda names a queue; its last part is the name in the URL. */
export const arnOf = (url: string): string => `arn:aws:sqs:memory:000000000000:${url.replace('memory://', '')}`;
