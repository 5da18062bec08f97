import { issuesOf } from '../contracts/errors.ts';
import type { Manifest } from '../contracts/manifest.ts';
import { TaskDefinition } from '../contracts/workflow-definition.ts';
import { Expr } from './expression.ts';
import { type LimitOption, readLimits } from './limit-options.ts';
import { EVERYTHING, type Everything } from './scope.ts';
import { isConstant, written } from './template.ts';

type Fill = (scope: Everything) => unknown;
interface Work {
  readonly type: string;
  readonly input?: Fill;
}

/** The options of any step; what is not named here goes into the task as it is. */
export interface StepOptions {
  readonly after?: readonly string[];
  readonly when?: Fill;
  readonly forEach?: { readonly items: Fill };
  readonly input?: Fill;
  readonly agent?: Pick<Manifest, 'name'>;
  readonly fallback?: Work | { readonly value: Fill } | { readonly cachedSeconds: number };
  readonly undo?: Work;
  readonly limits?: readonly LimitOption<Everything>[];
}

/**
 * The task of one step: its functions called, its expressions written out.
 * @param kind what only its kind has
 * @throws z.ZodError when a field is none that a task may have; Error when an input without expressions is none that
 * the agents take
 */
export function readOptions(
  id: string,
  options: StepOptions,
  kind: object,
  manifests: readonly Manifest[],
): TaskDefinition {
  const { after, when, forEach, input, agent, fallback, undo, limits, ...rest } = options;
  const task = {
    ...rest,
    ...kind,
    id,
    dependsOn: after,
    when: when?.(EVERYTHING),
    forEach: forEach && { ...forEach, items: itemsOf(id, forEach.items(EVERYTHING)) },
    input: input?.(EVERYTHING),
    agent: agent?.name,
    limits: limits && readLimits(limits),
    fallback: fallback && fallbackOf(fallback),
    undo: undo && { ...undo, input: undo.input?.(EVERYTHING) },
  };
  for (const work of [task, task.undo, task.fallback]) checkConstant(id, work ?? {}, manifests);
  return TaskDefinition.parse(written(task));
}

interface WrittenFallback {
  readonly type?: string;
  readonly input?: unknown;
  readonly value?: unknown;
  readonly cachedSeconds?: number;
}

function fallbackOf(fallback: NonNullable<StepOptions['fallback']>): WrittenFallback {
  if ('value' in fallback) return { ...fallback, value: fallback.value(EVERYTHING) };
  return 'type' in fallback ? { ...fallback, input: fallback.input?.(EVERYTHING) } : fallback;
}

/** The engine takes a list as it stands: an expression in it would be a string like any other. */
function itemsOf(id: string, items: unknown): unknown {
  if (items instanceof Expr || isConstant(items)) return items;
  throw new Error(`task "${id}": its list of items holds expressions; write one that yields the whole list`);
}

/** What holds no expression can be checked now, where it was written. */
function checkConstant(id: string, work: { type?: string; input?: unknown }, manifests: readonly Manifest[]): void {
  const { type, input } = work;
  if (type === undefined || input === undefined || !isConstant(input)) return;
  const schemas = manifests.flatMap(({ capabilities }) => capabilities[type]?.input ?? []);
  const answers = schemas.map((schema) => schema.safeParse(input));
  const first = answers[0];
  if (!first || first.success || answers.some(({ success }) => success)) return;
  throw new Error(`task "${id}": "${type}" does not take this input: ${issuesOf(first.error)}`);
}
