import type { Observation, SubjectKind } from '../contracts/behaviour.ts';

/** Somebody whose behaviour a message tells something of, and whom they spoke to. */
export interface Part {
  readonly kind: SubjectKind;
  readonly name: string;
  /** None: who it was says nothing of this one. */
  readonly peer?: string;
}

export const subjectKey = ({ kind, name }: Pick<Part, 'kind' | 'name'>): string => `${kind}#${name}`;

/**
 * Whom a message is counted for: who sent it, and the tenant. A tenant's peers are pairs of agents: that two agents speak
 * for the first time is rare, and several such pairs in a row are how somebody moves from one to the next.
 */
export function subjectsOf({ tenant, sender, receiver, user }: Observation): Part[] {
  if (sender === user) {
    return [
      { kind: 'user', name: user, peer: receiver },
      { kind: 'tenant', name: tenant },
    ];
  }
  return [
    { kind: 'agent', name: sender, peer: receiver },
    { kind: 'tenant', name: tenant, peer: `${sender} → ${receiver}` },
  ];
}
