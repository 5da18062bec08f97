import type { Mutant } from '../planted/mutant.ts';

/** A bug of one line in what keeps a tool from doing something outside twice. */
export const TOOL_MUTANTS: ReadonlyArray<Pick<Mutant, 'id' | 'file' | 'find' | 'replace' | 'why'>> = [
  {
    id: 'claim-taken-for-granted',
    file: 'runtime/tools/outside-call.ts',
    find: 'const isOurs = isInTime && (await claims.claim(key, number, holder, call.until()));',
    replace: 'const isOurs = isInTime; await claims.claim(key, number, holder, call.until());',
    why: 'two deliveries of one moment both do it',
  },
  {
    id: 'claims-by-attempt',
    file: 'runtime/tools/outside-call.ts',
    find: 'claimOfTry(place, number)',
    replace: 'claimOfTry(place + work.attempt, number)',
    why: 'a later attempt does not see what an earlier one has begun',
  },
  {
    id: 'claims-of-deliveries',
    file: 'runtime/tools/outside-call.ts',
    find: 'claimOfTry(place, number)',
    replace: 'claimOfTry(place + holder, number)',
    why: 'each delivery has claims of its own',
  },
  {
    id: 'unknown-begun-again',
    file: 'runtime/tools/outside-call.ts',
    find: '    await resolve(key, number);\n  }\n',
    replace: '    number += 1;\n  }\n',
    why: 'what nobody knows is done again without asking',
  },
];
