import type { Json } from '../../../lambdas/contracts/json.ts';

/** The world outside, as agents change it: what happened there can't be made undone by a crash. */
export interface Ledger {
  /** Work that the outside does as often as it is asked to. */
  charge(key: string, result: Json): void;
  /** Work that counts once under its key; what it says must always be the same. */
  put(key: string, result: Json): void;
  /** How often each key was charged. */
  readonly charges: ReadonlyMap<string, number>;
  readonly puts: ReadonlyMap<string, number>;
  /** What the work under a key answered. */
  resultOf(key: string): Json | undefined;
  readonly contradictions: readonly string[];
}

export const effectKey = (runId: string, taskId: string): string => `${runId}/${taskId}`;

export function createLedger(): Ledger {
  const charges = new Map<string, number>();
  const puts = new Map<string, number>();
  const results = new Map<string, Json>();
  const contradictions: string[] = [];
  const remember = (key: string, result: Json): void => {
    const before = results.get(key);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(result))
      contradictions.push(
        `${key} answered ${JSON.stringify(before).slice(0, 100)}, then ${JSON.stringify(result).slice(0, 100)}`,
      );
    results.set(key, result);
  };
  return {
    ...{ charges, puts, contradictions },
    charge(key, result) {
      charges.set(key, (charges.get(key) ?? 0) + 1);
      remember(key, result);
    },
    put(key, result) {
      puts.set(key, (puts.get(key) ?? 0) + 1);
      remember(key, result);
    },
    resultOf: (key) => results.get(key),
  };
}
