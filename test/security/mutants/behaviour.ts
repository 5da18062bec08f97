import type { AttackMutant } from '../attack-mutant.ts';

const ROGUES = 'lambdas/runtime/rogues.ts';
const ASK = 'test/unit/control/ask.test.ts';
const QUARANTINE = 'test/unit/behaviour/quarantine.test.ts';

/** Agents that are not what they were. */
export const BEHAVIOUR_MUTANTS: readonly AttackMutant[] = [
  {
    attack: 21,
    id: 'nothing-out-of-the-ordinary',
    file: 'lambdas/behaviour/score.ts',
    find: 'export const ALERT = 5.5;',
    replace: 'export const ALERT = 5_500;',
    defence: 'an hour that is so rare in ordinary times is told, with what was expected and what was seen',
    test: { file: 'test/unit/behaviour/observe.test.ts', name: 'is told with what was expected and what was seen' },
  },
  {
    attack: 22,
    id: 'agents-decide',
    file: 'lambdas/platform/intake/agents-rights.ts',
    find: 'if (!request.source.startsWith(prefix)) return request;',
    replace: 'if (request.source.length > 0) return request;',
    defence: 'an agent answers no question, however it names itself',
    test: { file: 'test/unit/platform/intake/agents-rights.test.ts', name: 'says nothing to a run by' },
  },
  {
    attack: 23,
    id: 'rogues-stay',
    file: ROGUES,
    find: 'if (offence) accuse(agent, offence, message);',
    replace: '',
    defence: 'the message that shows an agent to be rogue takes it out of the pool',
    test: { file: QUARANTINE, name: 'that speaks for another is out of the pool with the one message that shows it' },
  },
  {
    attack: 23,
    id: 'rogues-are-believed',
    file: 'lambdas/platform/coordinator/heed-rogues.ts',
    find: "if (input.type !== 'status_update' || !out.has(input.sender)) return input;",
    replace: 'if (out.size > 0) return input;',
    defence: 'what it reports from quarantine counts for nothing',
    test: {
      file: 'test/unit/security/quarantined-report.test.ts',
      name: 'what it reports from quarantine counts for nothing: its task is done by another',
    },
  },
  {
    attack: 4,
    id: 'agents-in-other-names',
    file: 'lambdas/platform/intake/agents-rights.ts',
    find: "return request.kind === 'start' || request.kind === 'fork' ? inItsName(request, sub) : request;",
    replace: 'return request;',
    defence: 'what an agent asks for, it has asked for, whatever it says',
    test: {
      file: 'test/unit/platform/intake/agents-rights.test.ts',
      name: 'starts one in its own name if its manifest makes it an orchestrator, whoever it says has asked',
    },
  },
  {
    attack: 22,
    id: 'approved-as-anything',
    file: 'lambdas/workflow/handle-decision.ts',
    find: 'if (digest !== undefined && digest !== on.digest) {',
    replace: "if (digest === '') {",
    defence: 'an approval repeats the digest of what was shown, and counts for nothing else',
    test: { file: ASK, name: 'is not approved by the digest of something else' },
  },
  {
    attack: 22,
    id: 'approved-unseen',
    file: 'lambdas/workflow/handle-decision.ts',
    find: 'if (digest === undefined && on.shows !== undefined) {',
    replace: "if (digest === '') {",
    defence: 'nothing that was shown is approved without it',
    test: { file: ASK, name: 'is approved by its digest only' },
  },
  {
    attack: 22,
    id: 'self-approval-in-the-journal',
    file: 'lambdas/workflow/handle-decision.ts',
    find: "return own ? 'whoever asked for the run may not decide it' : undefined;",
    replace: 'return undefined;',
    defence: 'whoever asked for the run does not decide it, by whatever way the answer came',
    test: { file: ASK, name: 'of whoever asked for the run is refused, unless the task allows it' },
  },
  {
    attack: 23,
    id: 'inboxes-of-rogues',
    file: 'lambdas/platform/monitor/set-state.ts',
    find: "state === 'quarantined' ? inboxes?.pause(agent) : inboxes?.resume(agent)",
    replace: 'inboxes?.resume(agent)',
    defence: 'its inbox is paused, so that what was sent before does not reach it either',
    test: { file: QUARANTINE, name: 'gets nothing of what lies in its inbox until a person puts it back' },
  },
];
