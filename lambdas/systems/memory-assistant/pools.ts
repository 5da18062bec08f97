/** The pools of memories that the agents share. */
export const POOLS = {
  /** What happened and was said; harvester. */
  memories: 'memories',
  /** Who knows whom, who is called what, and what is told of people; mapper. */
  relationships: 'relationships',
  /** Habits and topics; analyzer. */
  patterns: 'patterns',
  /** Who may be imitated, and how they write; trainer. */
  avatars: 'avatars',
} as const;
