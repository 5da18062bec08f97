import { type Random, randomOf } from '../random.ts';
import { type Fate, type History, playHistory } from './history.ts';
import { type Operation, operationsOf, randomProgram } from './program.ts';
import type { Death } from './world.ts';

export interface CampaignReport {
  readonly programs: number;
  readonly histories: number;
  readonly crashes: number;
  /** How many of them by the await at which they came. */
  readonly deaths: Readonly<Partial<Record<Death, number>>>;
  readonly effects: History['effects'];
  readonly payments: History['payments'];
  readonly violations: ReadonlyArray<{
    readonly seed: string;
    readonly program: readonly Operation[];
    readonly what: readonly string[];
  }>;
}

/** The most deliveries of a history that die. */
const MOST_DEATHS = 12;
/** Histories of a program under several faults, for each one with a single crash. */
const RANDOM_SHARE = 1;

export interface CampaignOptions {
  readonly seed: number;
  /** So many processes die at least. */
  readonly crashes: number;
  readonly stopAtFirst?: boolean;
  /** Which share of the programs, of how many. Default: all of them. */
  readonly job?: number;
  readonly jobs?: number;
}

const NOTHING: CampaignReport = {
  ...{ programs: 0, histories: 0, crashes: 0, deaths: {}, violations: [] },
  effects: { done: 0, again: 0, duplicates: 0 },
  payments: { done: 0, duplicates: 0 },
};

/**
 * Program after program, until so many processes have died. Each program dies once at every await of every delivery of its
 * undisturbed life, and as many times again at random awaits of many deliveries, some of which run beside others.
 */
export async function campaign(options: CampaignOptions): Promise<CampaignReport> {
  const { seed, crashes, stopAtFirst = false, job = 0, jobs = 1 } = options;
  const all = randomOf(`steps ${seed}`);
  let report = NOTHING;
  for (let number = 1 + job; report.crashes < crashes; number += jobs) {
    const random = all.fork(String(number));
    const program = randomProgram(random);
    report = { ...report, programs: report.programs + 1 };
    for await (const [name, history] of lives(program, random)) {
      const { violations: what, deaths, effects, payments } = history;
      const violations = what.length > 0 ? [{ seed: `${seed}/${number}/${name}`, program, what }] : [];
      const crashes = deaths.length;
      const each = deaths.map((death) => ({ [death]: 1 })).reduce(sumOf, {});
      report = joined([report, { programs: 0, histories: 1, crashes, deaths: each, effects, payments, violations }]);
      if (stopAtFirst ? violations.length > 0 : report.violations.length >= 10) return report;
    }
  }
  return report;
}

export function joined(reports: readonly CampaignReport[]): CampaignReport {
  return reports.reduce((one, other) => ({
    programs: one.programs + other.programs,
    histories: one.histories + other.histories,
    crashes: one.crashes + other.crashes,
    deaths: sumOf(one.deaths, other.deaths),
    effects: sumOf(one.effects, other.effects),
    payments: sumOf(one.payments, other.payments),
    violations: [...one.violations, ...other.violations],
  }));
}

/** Field by field. */
function sumOf<T extends Readonly<Record<string, number>>>(one: T, other: T): T {
  const sum: Record<string, number> = { ...one };
  for (const [name, more] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + more;
  return { ...one, ...sum };
}

async function* lives(program: readonly Operation[], random: Random): AsyncGenerator<readonly [string, History]> {
  const play = async (name: string, fates: readonly Fate[]): Promise<readonly [string, History]> => [
    name,
    await playHistory(program, fates, random.fork(name)),
  ];
  const [name, calm] = await play('calm', []);
  yield [name, calm];
  let singles = 0;
  for (const [delivery, awaits] of calm.awaits.entries()) {
    for (let diesAt = 1; diesAt <= awaits; diesAt += 1) {
      singles += 1;
      yield await play(`dies ${delivery}/${diesAt}`, [
        ...calm.awaits.slice(0, delivery).map(() => 'well' as const),
        { diesAt },
      ]);
    }
  }
  const most = Math.max(...calm.awaits);
  const pays = operationsOf(program).some((operation) => operation.do === 'pay');
  for (let index = 0; index < singles * RANDOM_SHARE; index += 1) {
    const fates = random.fork(`fates ${index}`);
    yield await play(
      `many ${index}`,
      Array.from({ length: fates.between(2, MOST_DEATHS) }, (): Fate => {
        // Whoever pays is stopped when its time is over; who does not may go on for long beside others.
        const fate = fates.weighted({ dies: 8, slow: pays ? 0 : 2, twice: 1, well: 1 });
        return fate === 'dies' ? { diesAt: fates.between(1, most) } : fate;
      }),
    );
  }
}
