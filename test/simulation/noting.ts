import type { AgentParameters, Hold } from '../../lambdas/contracts/control.ts';
import type { FlowEvent } from '../../lambdas/flow/events.ts';
import type { Holds, ParameterStore, Runs } from '../../lambdas/runtime/ports.ts';
import type { InProcessWorld } from '../../lambdas/testing/in-process-world.ts';
import type { RunEvent } from '../../lambdas/workflow/events.ts';
import type { Journal, JournalArchive } from '../../lambdas/workflow/journal.ts';

/** One entry of a journal, when it was committed. */
export interface Commit {
  readonly id: string;
  readonly seq: number;
  readonly at: number;
  /** The entry itself, where that is asked for. */
  readonly text?: string;
}

/** What was set of an agent's parameters, and when. */
export interface Setting {
  readonly agent: string;
  readonly at: number;
  readonly parameters: AgentParameters;
}

/** What was written into stores, in order, whoever did it. */
export interface Notes {
  /** Journal entries of runs and flows. */
  readonly commits: Commit[];
  readonly holds: Array<{ readonly scope: string; readonly hold: Hold | undefined; readonly at: number }>;
  readonly settings: Setting[];
  /** When the record of a run was written: a moment after, or long after, it was looked at who asked for it. */
  readonly created: Map<string, number>;
}

export interface Noting {
  readonly notes: Notes;
  journal(journal: Journal<RunEvent> & JournalArchive): Journal<RunEvent> & JournalArchive;
  flowJournal(journal: Journal<FlowEvent> & JournalArchive): Journal<FlowEvent> & JournalArchive;
}

/** @param whole keeps what the entries say, too */
export function noteWrites(world: InProcessWorld, now: () => number, whole: boolean): Noting {
  const notes: Notes = { commits: [], holds: [], settings: [], created: new Map() };
  function noting<E>(journal: Journal<E> & JournalArchive): Journal<E> & JournalArchive {
    const { append } = journal;
    return {
      ...journal,
      async append(id, entry) {
        const outcome = await append(id, entry);
        const text = whole ? { text: JSON.stringify(entry) } : {};
        if (outcome.appended) notes.commits.push({ id, seq: entry.seq, at: now(), ...text });
        return outcome;
      },
    };
  }
  world.journal = noting(world.journal);
  world.flowJournal = noting(world.flowJournal);
  world.holds = notingHolds(world.holds, notes, now);
  world.runs = notingRuns(world.runs, notes, now);
  world.parameters = notingParameters(world.parameters, notes, now);
  return { notes, journal: noting, flowJournal: noting };
}

function notingRuns(runs: Runs, notes: Notes, now: () => number): Runs {
  return {
    ...runs,
    async create(record) {
      const outcome = await runs.create(record);
      if (outcome.created) notes.created.set(record.runId, now());
      return outcome;
    },
  };
}

function notingHolds(holds: Holds, notes: Notes, now: () => number): Holds {
  return {
    ...holds,
    async set(scope, hold, at) {
      const isSet = await holds.set(scope, hold, at);
      if (isSet) notes.holds.push({ scope, hold, at: now() });
      return isSet;
    },
  };
}

function notingParameters(parameters: ParameterStore, notes: Notes, now: () => number): ParameterStore {
  return {
    ...parameters,
    async put(agent, next) {
      const isSet = await parameters.put(agent, next);
      const isKnown = notes.settings.some(
        (known) => known.agent === agent && known.parameters.version === next.version,
      );
      if (isSet && !isKnown) notes.settings.push({ agent, at: now(), parameters: next });
      return isSet;
    },
  };
}
