import type { Random } from '../random.ts';

/** What a random handler does. Names are unique in a program. */
export type Operation =
  | {
      readonly do: 'step';
      readonly name: string;
      /** So many awaits of nothing come before it. */
      readonly pause: number;
      /** Its result goes to the blobs. */
      readonly isLarge: boolean;
      /** It fails for good, which the handler catches. */
      readonly fails: boolean;
      /** So often it fails for the moment first, or puts the task back. */
      readonly busy: { readonly times: number; readonly by: 'failing' | 'putting back' };
      /** Done inside of its work, one after the other. */
      readonly inside: readonly Operation[];
    }
  | {
      readonly do: 'wait';
      readonly name: string;
      readonly kind: 'sleep' | 'event' | 'ask' | 'call';
      readonly fails: boolean;
    }
  /** A tool that must never take effect twice. */
  | { readonly do: 'pay'; readonly name: string }
  | { readonly do: 'delegate'; readonly name: string; readonly tasks: number }
  /** Chains at once. */
  | { readonly do: 'all'; readonly chains: ReadonlyArray<readonly Operation[]> };

/** A handler for a seed: some operations, some of them at once, some inside of others. */
export function randomProgram(random: Random): readonly Operation[] {
  const pays = random.chance(0.3);
  let names = 0;
  let left = random.between(1, 9);

  function chain(most: number, depth: number): Operation[] {
    const length = random.between(1, most);
    return Array.from({ length }, () => (left > 0 ? [one(depth)] : [])).flat();
  }

  function one(depth: number): Operation {
    left -= 1;
    names += 1;
    const name = `op-${names}`;
    const what = random.weighted({ step: 6, wait: 4, delegate: 1, pay: pays ? 4 : 0, all: depth < 2 ? 4 : 0 });
    if (what === 'all')
      return { do: 'all', chains: Array.from({ length: random.between(2, 3) }, () => chain(3, depth + 1)) };
    if (what === 'pay') return { do: 'pay', name };
    if (what === 'delegate') return { do: 'delegate', name, tasks: random.between(1, 3) };
    if (what === 'wait') {
      const kind = random.pick(['sleep', 'event', 'ask', 'call'] as const);
      return { do: 'wait', name, kind, fails: kind !== 'sleep' && random.chance(0.2) };
    }
    return {
      ...{
        do: 'step',
        name,
        pause: random.chance(0.3) ? random.between(1, 9) : 0,
        isLarge: random.chance(0.1),
        fails: random.chance(0.15),
      },
      busy: {
        times: random.chance(0.4) ? random.between(1, 2) : 0,
        by: random.chance(0.5) ? 'failing' : 'putting back',
      },
      inside: depth < 3 && random.chance(0.2) ? chain(2, 3) : [],
    };
  }

  const program: Operation[] = [];
  while (left > 0) program.push(one(0));
  return program;
}

/** All operations of a program, those inside of others as well. */
export function operationsOf(program: readonly Operation[]): Operation[] {
  return program.flatMap((operation) => {
    if (operation.do === 'all') return operation.chains.flatMap(operationsOf);
    return operation.do === 'step' ? [operation, ...operationsOf(operation.inside)] : [operation];
  });
}
