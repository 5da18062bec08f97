import type { Json } from '../../../lambdas/contracts/json.ts';
import { digestOf } from '../random.ts';

/** What no agent ever answers: its answers are below 1,000. */
export const FORGED = 666_000;
/** The correlation id of messages that are lies. */
export const FORGED_MARK = 'forged by an impostor';

/** What the work of a task goes by. */
export interface WorkInputs {
  readonly path: string;
  readonly reads: readonly Json[];
  readonly item?: Json;
  readonly index?: Json;
  readonly upstream: Readonly<Record<string, Json>>;
  /** What became of what it delegated, in the order of the calls. */
  readonly answers?: readonly Json[];
}

/** Stands for a task that was delegated and failed. */
export const IN_VAIN = 'in vain';

/** What an agent answers: a function of all that it was given, so that a wrong input shows in every later result. */
export function workResult(
  { path, reads, item, index, upstream, answers }: WorkInputs,
  pad: number,
): { v: number; vote: string } {
  const seen = Object.keys(upstream)
    .sort()
    .map((id) => [id, essence(upstream[id] ?? null)]);
  const v =
    digestOf(
      JSON.stringify([path, reads, item ?? null, index ?? null, seen, ...(answers ? [answers.map(essence)] : [])]),
    ) % 1_000;
  return { v, vote: v % 3 === 0 ? 'no' : 'yes', ...(pad > 0 && { pad: 'x'.repeat(pad) }) };
}

/** What counts of a result: not its padding, and not who decided or in which words. */
function essence(value: Json): Json {
  if (Array.isArray(value)) return value.map(essence);
  if (typeof value !== 'object' || value === null) return value;
  if (value.v !== undefined) return value.v;
  if (value.decision !== undefined) return essence(value.decision);
  return Object.keys(value)
    .sort()
    .map((key) => [key, essence(value[key] ?? null)]);
}
