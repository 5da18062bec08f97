import { canonicalJson } from '../contracts/canonical-json.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import type { JournalEntry } from '../workflow/journal.ts';
import { firstMissing, type Moment, momentsOf } from './moments.ts';
import type { RunFold } from './run-fold.ts';
import { type RunView, type TaskView, viewOf } from './run-view.ts';

/** A run as it is compared: its journal, folded, and its tasks' results opened. */
export interface ComparedRun {
  readonly runId: string;
  readonly entries: readonly JournalEntry[];
  readonly fold: RunFold;
  readonly results: ReadonlyMap<string, Json>;
}

type Pair<T> = readonly [first: T | null, second: T | null];

/** One task of either run. */
export interface TaskDiff {
  readonly task: string;
  /** What differs; durations never count. Empty: the same. */
  readonly differs: ReadonlyArray<'existence' | 'status' | 'agent' | 'attempts' | 'input' | 'result' | 'error'>;
  readonly status: Pair<string>;
  readonly agent: Pair<string>;
  readonly attempts: Pair<number>;
  readonly duration_ms: Pair<number>;
  readonly input?: Pair<Json>;
  readonly result?: Pair<Json>;
  readonly error?: Pair<string>;
}

/** What two runs have and have not in common. */
export interface RunDiff {
  readonly runs: readonly [first: string, second: string];
  /** The second is a fork of the first, or the other way round. */
  readonly forked_at?: number;
  readonly workflow: Pair<string>;
  readonly status: Pair<string>;
  readonly input?: Pair<JsonObject>;
  readonly tasks: readonly TaskDiff[];
  /** The first thing that happened in one only; what a fork has taken over counts as common. */
  readonly first_difference: Pair<Moment>;
  readonly same: boolean;
}

export function diffRuns(first: ComparedRun, second: ComparedRun): RunDiff {
  const [one, other] = [viewOf(first.fold), viewOf(second.fold)];
  const ids = [...new Set([...one.tasks, ...other.tasks].map(({ id }) => id))];
  const tasks = ids.map((id) => diffTask(id, first, second, one, other));
  const inputs = [first.fold.state.input, second.fold.state.input] as const;
  const forkedAt = forkOf(first, second) ?? forkOf(second, first);
  const status = [one.status, other.status] as const;
  const differentInput = !isEqual(inputs[0], inputs[1]);
  return {
    runs: [first.runId, second.runId],
    ...(forkedAt !== undefined && { forked_at: forkedAt }),
    workflow: [versioned(first), versioned(second)],
    status,
    ...(differentInput && { input: inputs }),
    tasks,
    first_difference: firstDifference(first, second),
    same: !differentInput && status[0] === status[1] && tasks.every(({ differs }) => differs.length === 0),
  };
}

function diffTask(id: string, first: ComparedRun, second: ComparedRun, one: RunView, other: RunView): TaskDiff {
  const a = one.tasks.find((task) => task.id === id);
  const b = other.tasks.find((task) => task.id === id);
  const pair = <T>(read: (task: TaskView) => T | undefined): Pair<T> => [
    (a && read(a)) ?? null,
    (b && read(b)) ?? null,
  ];
  const shown = {
    status: pair(({ status }) => status),
    agent: pair(({ agent }) => agent),
    attempts: pair(({ attempt }) => attempt),
    duration_ms: pair(({ durationMs }) => durationMs),
  };
  const hidden = {
    input: [inputOf(first, id), inputOf(second, id)],
    result: [first.results.get(id) ?? null, second.results.get(id) ?? null],
    error: pair(({ error }) => error && `${error.code}: ${error.message}`),
  } as const;
  const isSame = (x: Json, y: Json): boolean => isSameFor([first.runId, second.runId], x, y);
  const differs: TaskDiff['differs'] =
    a && b
      ? [
          ...(['status', 'agent', 'attempts'] as const).filter((field) => !isEqual(shown[field][0], shown[field][1])),
          ...(['input', 'result', 'error'] as const).filter((field) => !isSame(hidden[field][0], hidden[field][1])),
        ]
      : ['existence'];
  const told = Object.fromEntries(Object.entries(hidden).filter(([, [x, y]]) => !isSame(x, y)));
  return { task: id, differs, ...shown, ...told };
}

/** After which entry of `source` the other one begins, if it is its fork. */
function forkOf(source: ComparedRun, { fold }: ComparedRun): number | undefined {
  return fold.state.fork?.from === source.runId ? fold.state.fork.at : undefined;
}

function firstDifference(first: ComparedRun, second: ComparedRun): Pair<Moment> {
  const [a, b] = [own(first, forkOf(first, second)), own(second, forkOf(second, first))];
  const missing = (one: Moment[], other: Moment[]): Moment | null =>
    firstMissing(one, other, (text) => nameless([first.runId, second.runId], text)) ?? null;
  return [missing(a, b), missing(b, a)];
}

/** What happened in a run after the entry from which the other one was forked. */
function own({ entries, fold }: ComparedRun, after = 0): Moment[] {
  return momentsOf(
    entries.filter(({ seq }) => seq > after),
    (index) => fold.state.tasks[index]?.definition.id ?? String(index),
  );
}

function inputOf({ fold }: ComparedRun, id: string): Json {
  const index = fold.state.indexOf.get(id);
  const task = index === undefined ? undefined : fold.state.tasks[index];
  return task?.definition.input ?? null;
}

function versioned({ fold }: ComparedRun): string {
  const { name, version } = fold.state.definition;
  return `${name} v${version}`;
}

function isEqual(one: Json, other: Json): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

/** The same, but that each names its own run, such as in the key of a file; a fork also names the run it comes from. */
export function isSameFor(runs: readonly [string, string], one: Json, other: Json): boolean {
  return nameless(runs, canonicalJson(one)) === nameless(runs, canonicalJson(other));
}

const nameless = (runs: readonly [string, string], text: string): string =>
  runs.reduce((rest, runId) => rest.replaceAll(runId, 'run'), text);
