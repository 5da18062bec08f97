import type { ErrorReport } from '../contracts/errors.ts';

/** Nobody with this capability (or of this name with it) is registered. */
export function noCapableAgent(type: string, agent: string | undefined): ErrorReport {
  const wanted =
    agent === undefined ? `an agent with the capability ${type}` : `agent ${agent} with the capability ${type}`;
  return failure('no_capable_agent', `there is no ${wanted}; deploy one or correct the task's type`);
}

/** Some can do it, but under another major version of the contract than the run was begun with. */
export function contractGone(type: string, major: number, offered: readonly number[]): ErrorReport {
  const found = [...new Set(offered)].sort((a, b) => a - b).map((other) => `${other}.x`);
  return failure(
    'contract_gone',
    `this run was begun with ${type} at version ${major}.x, and only ${found.join(', ')} is registered; ` +
      `deploy an agent of version ${major}.x beside it, or begin a new run`,
  );
}

/** All who can have been excluded: there is no alternative left. */
export function noOtherAgent(type: string): ErrorReport {
  return failure('no_capable_agent', `there is no other agent with the capability ${type}; deploy one`);
}

const failure = (code: string, message: string): ErrorReport => ({ code, class: 'non_recoverable', message });
