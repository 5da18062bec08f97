/** The seed document's figures for agents that learn from feedback. */
export const LEARNING = {
  /** So much feedback, and behaviour is adapted. */
  samples: 100,
  /** The last so many scores are held against as many before them. */
  window: 10,
  /** A change of less than this share of the older scores is none. */
  threshold: 0.1,
} as const;

export const MANNERS = ['conservative', 'steady', 'aggressive'] as const;
export type Manner = (typeof MANNERS)[number];
