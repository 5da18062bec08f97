/** Agents sign their tokens when they need one: none is older, in seconds. */
export const AGENT_TOKEN_SECONDS = 600;

/** The subject of an agent, in tokens and wherever is said who asked. */
export const subjectOfAgent = (agent: string): string => `agent:${agent}`;
