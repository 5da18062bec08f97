import type { JsonObject } from '../../../lambdas/contracts/json.ts';
import { TUNABLE, type Tuning } from '../fleet/tunable.ts';
import { asked, REQUESTS } from '../fleet/tuning.ts';
import { canonical } from '../model/fate.ts';
import type { Setting } from '../noting.ts';
import { does } from '../plan-history.ts';
import type { PlayedHistory, PlayedRun } from '../played.ts';

/** A coordinator may know an agent's parameters so late. */
const KNOWN_LATE_MS = 10_000;

/** Parameters of agents are what was asked for, one request after another, and each attempt finds what was valid. */
export function checkTuning(history: PlayedHistory, runs: readonly PlayedRun[]): string[] {
  const { plan, notes, tunings } = history;
  if (!does(plan, 'parameters')) {
    const { level, tone } = TUNABLE.parse({});
    const tuned = tunings.find((tuning) => tuning.tuned.level !== level || tuning.tuned.tone !== tone);
    return tuned ? [`E: ${tuned.agent} is tuned, and nobody did that`] : [];
  }
  const byAgent = Map.groupBy(notes.settings, ({ agent }) => agent);
  const tuned = [...byAgent].flatMap(([agent, settings]) => checkSettings(agent, settings));
  return [...tuned, ...checkAnswers(history, byAgent), ...checkAttempts(history, byAgent, runs)];
}

function checkSettings(agent: string, settings: readonly Setting[]): string[] {
  const faults: string[] = [];
  const say = (fault: string): void => void faults.push(`${agent}: ${fault}`);
  const versions = settings.map(({ parameters }) => parameters);
  versions.forEach(({ version, values, reason }, index) => {
    const before = versions.slice(0, index);
    if (version !== index + 1) say(`M: version ${version} of its parameters follows ${index}`);
    if (before.some((earlier) => earlier.reason === reason)) say(`E: "${reason}" was set twice`);
    const wanted = asked(reason, before);
    if (wanted === undefined) say(`E: "${reason}" was set, which can't be`);
    else if (canonical(wanted) !== canonical(values))
      say(`E: "${reason}" set ${canonical(values)}, asked for was ${canonical(wanted)}`);
  });
  return faults;
}

/** Every request has set something, or was refused and said so. */
function checkAnswers({ published }: PlayedHistory, byAgent: ReadonlyMap<string, readonly Setting[]>): string[] {
  const faults: string[] = [];
  const told = (name: string) => published.filter((event) => event.name === name);
  const agents = new Set(told('agent_parameters_requested').map(({ detail }) => String(detail.agent)));
  const refusals = told('request_refused').filter(({ detail }) => detail.request === 'parameters');
  for (const agent of agents) {
    const settings = byAgent.get(agent) ?? [];
    const refused = new Set(refusals.filter(({ detail }) => detail.about === agent).map(({ detail }) => detail.code));
    for (const { reason, version, isBad } of REQUESTS) {
      const isSet = settings.some(({ parameters }) => parameters.reason === reason);
      const mayBeRefused = version !== undefined && refused.has('unknown_version');
      if (!isBad && !isSet && !mayBeRefused) faults.push(`L: ${agent}: nothing came of "${reason}"`);
    }
    for (const code of ['unknown_parameter', 'invalid_input'])
      if (!refused.has(code)) faults.push(`L: ${agent}: nobody was told ${code}; told were ${[...refused]}`);
    for (const { parameters } of settings) {
      const changed = told('agent_parameters_changed').some(
        ({ detail }) => detail.agent === agent && detail.version === parameters.version,
      );
      if (!changed) faults.push(`L: ${agent}: nobody was told of version ${parameters.version}`);
    }
  }
  return faults;
}

function checkAttempts(
  { notes, tunings, plan }: PlayedHistory,
  byAgent: ReadonlyMap<string, readonly Setting[]>,
  runs: readonly PlayedRun[],
): string[] {
  const committed = new Map(notes.commits.map(({ id, seq, at }) => [`${id} ${seq}`, at]));
  const dispatched = new Map<string, number>();
  for (const { view, entries } of runs)
    for (const { seq, events } of entries)
      for (const event of events) {
        if (event.type !== 'tasks_dispatched') continue;
        const at = committed.get(`${view.runId} ${seq}`) ?? 0;
        for (const index of event.tasks) dispatched.set(`${view.runId}/${view.tasks[index]?.id}/${event.attempt}`, at);
      }
  const anyTime = plan.faults.includes('stale-reads');
  return tunings.flatMap((tuning) => {
    const from = dispatched.get(`${tuning.runId}/${tuning.taskId}/${tuning.attempt}`);
    if (from === undefined) return [];
    const valid = validFor(tuning, anyTime ? 0 : from - KNOWN_LATE_MS, byAgent.get(tuning.agent) ?? []);
    const found = canonical(tuning.tuned);
    if (valid.some((values) => canonical(TUNABLE.parse(values)) === found)) return [];
    const which = valid.map((values) => canonical(TUNABLE.parse(values))).join(' or ');
    return [`E: attempt ${tuning.attempt} of ${tuning.taskId} finds ${found}; valid was ${which}`];
  });
}

/** All that was set of the agent at some moment between its dispatch, and a little before, and its beginning. */
function validFor({ at }: Tuning, from: number, settings: readonly Setting[]): JsonObject[] {
  const all = [
    { at: Number.NEGATIVE_INFINITY, values: {} },
    ...settings.map((one) => ({ at: one.at, values: one.parameters.values })),
  ];
  return all
    .filter((one, index) => one.at <= at && (all[index + 1]?.at ?? Number.POSITIVE_INFINITY) >= from)
    .map(({ values }) => values);
}
