/** Who reads what is known before writing what is new does so alone, for each tenant: what two had done at once would be there twice. */
export const ONE_AT_A_TIME = {
  harvest: [{ name: 'assistant.harvest', concurrency: 1 }],
  relationships: [{ name: 'assistant.relationships', concurrency: 1 }],
  patterns: [{ name: 'assistant.patterns', concurrency: 1 }],
  avatars: [{ name: 'assistant.avatars', concurrency: 1 }],
  learning: [{ name: 'assistant.learning', concurrency: 1 }],
} as const;
