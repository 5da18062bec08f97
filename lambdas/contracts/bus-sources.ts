/** The `source` under which the platform itself speaks; an agent speaks as `muster.agent.<name>`. */
export const PLATFORM_SOURCE = 'muster.platform';
/** The `source` under which the API speaks, for those it has let in. */
export const API_SOURCE = 'muster.api';
/** The `source` of events that are published once more, from the journal: no rule of platform or agents takes them. */
export const REPLAY_SOURCE = 'muster.replay';
export const agentSource = (agent: string): string => `muster.agent.${agent}`;
