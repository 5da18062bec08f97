import type { Bench } from './bench.ts';
import { measureFleet, type Score } from './ueba/measure.ts';

/** Fleets per seed. */
const FLEETS = 3;

/**
 * How well behaviour out of the ordinary is told from ordinary weeks with all that they bring. Fleets, their weeks and the
 * attacks on them all come from the seed. `detection`: share of attacks of which an alert named whoever did it, while they
 * did. `false_positive`: share of the days of subjects that had an alert without cause.
 */
export const bench: Bench = {
  async run({ progress, seed = Math.floor(Math.random() * 2 ** 31) }) {
    progress(`seed ${seed}`);
    const scores = new Map<string, Score>();
    const begun = performance.now();
    for (let fleet = 1; fleet <= FLEETS; fleet++) {
      measureFleet(seed, fleet, scores);
      progress(`fleet ${fleet} of ${FLEETS}`);
    }
    return { seed, fleets: FLEETS, ...figuresOf(scores), seconds: Math.round((performance.now() - begun) / 1_000) };
  },

  table(figures) {
    const { detection, false_positive, by_scenario } = figures as unknown as Figures;
    const percent = (share: number | undefined): string => (share === undefined ? '' : `${(100 * share).toFixed(1)} %`);
    const rows = Object.entries(by_scenario).map(([name, { detection: found, false_positive: wrong, median_hours }]) =>
      [
        name.padEnd(20),
        percent(found).padStart(9),
        percent(wrong).padStart(9),
        String(median_hours ?? '').padStart(8),
      ].join(''),
    );
    const head = ['scenario'.padEnd(20), 'found'.padStart(9), 'false'.padStart(9), 'hours'.padStart(8)].join('');
    const all = ['all'.padEnd(20), percent(detection).padStart(9), percent(false_positive).padStart(9)].join('');
    return [head, ...rows, all].join('\n');
  },
};

interface ScenarioFigures {
  readonly detection?: number;
  readonly attacks?: number;
  /** From the beginning of an attack to its alert. */
  readonly median_hours?: number;
  readonly false_positive?: number;
  readonly subject_days?: number;
}

interface Figures {
  readonly detection: number;
  readonly false_positive: number;
  readonly by_scenario: Readonly<Record<string, ScenarioFigures>>;
}

function figuresOf(scores: ReadonlyMap<string, Score>): Figures {
  const sum = (of: (score: Score) => number): number => [...scores.values()].reduce((total, one) => total + of(one), 0);
  return {
    detection: share(
      sum(({ found }) => found),
      sum(({ attacks }) => attacks),
    ),
    false_positive: share(
      sum(({ alarmed }) => alarmed),
      sum(({ ordinary }) => ordinary),
    ),
    by_scenario: Object.fromEntries([...scores].map(([name, score]) => [name, scenarioOf(score)])),
  };
}

function scenarioOf({ attacks, found, ordinary, alarmed, hours }: Score): ScenarioFigures {
  if (attacks === 0) return { false_positive: share(alarmed, ordinary), subject_days: ordinary };
  const median = hours.toSorted((a, b) => a - b)[Math.floor(hours.length / 2)];
  return { detection: share(found, attacks), attacks, ...(median !== undefined && { median_hours: median }) };
}

const share = (part: number, whole: number): number => Number((part / Math.max(1, whole)).toFixed(4));
