import type { AttackMutant } from '../attack-mutant.ts';

/** What agents may make the platform do. */
export const ENGINE_MUTANTS: readonly AttackMutant[] = [
  {
    attack: 8,
    id: 'roles-not-compared',
    file: 'lambdas/platform/coordinator/identity.ts',
    find: 'if (role === undefined || expected === undefined || role === expected) return;',
    replace: "if (role !== 'nobody') return;",
    defence: 'the name in a message is held against the role that sent it',
    test: {
      file: 'test/unit/platform/coordinator/coordinator.test.ts',
      name: 'refuse a message in the name of another role',
    },
  },
  {
    attack: 8,
    id: 'memory-without-pass',
    file: 'lambdas/platform/memory/caller-of.ts',
    find: 'return agent === undefined ? undefined : { agent };',
    replace: "return { agent: agent ?? 'keeper' };",
    defence: 'the memory Lambda knows who calls by the door alone',
    test: { file: 'test/unit/platform/memory/doors.test.ts', name: 'who calls through' },
  },
  {
    attack: 3,
    id: 'claims-of-others',
    file: 'lambdas/runtime/message-codec.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code
    find: 'if (!claim.data.key.startsWith(`${header.tenant}/`)) {',
    replace: "if (claim.data.key === '') {",
    defence: "a message does not claim another tenant's body",
    test: {
      file: 'test/unit/adapters/message-codec.test.ts',
      name: 'may not claim what belongs to another tenant',
    },
  },
  {
    attack: 15,
    id: 'any-depth',
    file: 'lambdas/runtime/tools/prepare-call.ts',
    find: 'if (depthOf(input) > DEEPEST_INPUT) throw',
    replace: 'if (depthOf(input) < 0) throw',
    defence: 'arguments are nested no deeper than anybody means well',
    test: {
      file: 'test/unit/runtime/tools/call.test.ts',
      name: 'refuses arguments that do not fit its schema, before it begins',
    },
  },
  {
    attack: 19,
    id: 'circles-on-the-bus',
    file: 'lambdas/runtime/hops.ts',
    find: 'if (hops <= LIMITS.hops) return;',
    replace: 'if (hops > 0) return;',
    defence: 'agents that answer each other in a circle come to rest',
    test: { file: 'test/unit/runtime/channels.test.ts', name: 'ends after 16 hands on a channel' },
  },
  {
    attack: 19,
    id: 'endless-delegation',
    file: 'lambdas/workflow/check-own-tasks.ts',
    find: 'if (depth <= LIMITS.depth) return;',
    replace: 'if (depth > 0) return;',
    defence: 'tasks of tasks go so deep and no deeper',
    test: { file: 'test/unit/workflow/delegation.test.ts', name: 'work of work of work ends at a depth' },
  },
];
