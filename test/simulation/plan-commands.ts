import type { Command, CommandName, HistoryPlan } from './plan-history.ts';
import { allTasks, type Program } from './programs/plan.ts';
import type { Random } from './random.ts';

interface Occasion {
  readonly programs: readonly Program[];
  /** The same requests come again. */
  readonly repeated: boolean;
  /** What somebody does in any case: something, or this. */
  readonly wanted?: true | CommandName | undefined;
}

/** Now and then somebody interferes with a run; and now and then, with the platform itself. */
export function commandsFor(random: Random, occasion: Occasion): Pick<HistoryPlan, 'programs' | 'commands'> {
  const { programs, wanted } = occasion;
  const onRun = isOnRun(wanted) || wanted === undefined ? interference(random, occasion) : undefined;
  const isHeld = onRun?.does === 'hold';
  const onPlatform = operation(random.fork('operations'), occasion, isHeld);
  const commands = [onRun, onPlatform].filter((command) => command !== undefined);
  if (commands.length === 0) return { programs };
  const late = onPlatform?.does === 'drain' ? lateComer(programs, onPlatform, random.fork('late')) : [];
  return { programs: [...programs, ...late], commands };
}

const ON_RUNS = ['pause', 'hold', 'reopen', 'fork'] as const;
const isOnRun = (wanted: Occasion['wanted']): boolean => wanted === true || ON_RUNS.some((does) => does === wanted);

/** Somebody pauses a run, changes it, puts everything on hold, takes up again what has failed, or forks it. */
function interference(random: Random, { programs, repeated, wanted }: Occasion): Command | undefined {
  if (!random.chance(0.35) && wanted === undefined) return undefined;
  const program = random.int(programs.length);
  // What is sent to a run that has ended is lost.
  const awaits = allTasks(programs[program]?.tasks ?? []).some(({ kind }) => kind === 'waitFor');
  const any = random.weighted({ pause: 5, hold: 2, reopen: awaits ? 0 : 4, fork: 4 });
  const does = wanted === undefined || wanted === true ? any : wanted;
  const drawn = random.pick(['none', 'input', 'tasks', repeated ? 'tasks' : 'version'] as const);
  // The input of a batch is not its program's.
  const edit = drawn === 'input' && programs[program]?.admission?.batch ? 'tasks' : drawn;
  const atMs = random.int(random.pick([500, 5_000, 60_000]));
  const forMs = random.between(0, random.pick([1_000, 60_000, 7_200_000]));
  if (does !== 'fork') return { program, does, atMs, forMs, ...(edit !== 'none' && { edit }) };
  return { program, does, atMs, forMs, fork: forking(random, repeated) };
}

function forking(random: Random, repeated: boolean): NonNullable<Command['fork']> {
  const after = random.next();
  const own = random.fork('fork');
  const edit = own.weighted({ none: 4, input: 2, tasks: 4, version: repeated ? 0 : 2 });
  return { after, effects: own.chance(0.4) ? 'allowed' : 'recorded', ...(edit !== 'none' && { edit }) };
}

/** What operators do: journals go to the archive, tables are restored, agents are tuned, tenants are drained or cancelled. */
function operation(random: Random, { programs, repeated, wanted }: Occasion, isHeld: boolean): Command | undefined {
  if (!random.chance(0.3) && (wanted === undefined || wanted === true)) return undefined;
  if (isOnRun(wanted)) return undefined;
  const drain = isHeld || repeated ? 0 : 3;
  const any = random.weighted({ archive: 4, restore: 3, parameters: 4, repair: 4, drain, cancel: 1 });
  const does = wanted === undefined || wanted === true ? any : wanted;
  const program = random.int(programs.length);
  const atMs = random.int(random.pick([2_000, 20_000, 120_000]));
  const forMs = random.between(1_000, random.pick([20_000, 200_000]));
  return { program, does, atMs, forMs };
}

/** One more request, which comes while the tenant is drained. */
function lateComer(programs: readonly Program[], { atMs, forMs }: Command, random: Random): Program[] {
  const [program] = programs;
  if (!program) return [];
  const copy = programs.filter(({ name }) => name === program.name).length;
  return [{ ...program, copy, requestedAt: atMs + random.int(forMs) }];
}
