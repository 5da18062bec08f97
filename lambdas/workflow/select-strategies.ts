import type { RegisteredAgent } from '../contracts/registry.ts';
import type { SelectionStrategy } from '../contracts/task-kinds.ts';
import { scoreOf, tellScore } from './score.ts';
import type { Candidate, Pool } from './select-pool.ts';

/** The same facts for all strategies: what a choice among usable agents depends on. */
interface Situation {
  readonly near: string | undefined;
  readonly round: number;
  readonly inFlight: ReadonlyMap<string, number>;
  readonly random: () => number;
}
type Candidates = readonly [Candidate, ...Candidate[]];
type Strategy = (candidates: Candidates, situation: Situation) => Candidate;

const STRATEGIES: Readonly<Record<SelectionStrategy, Strategy>> = {
  score: betterOfTwo,
  round_robin: (candidates, { round }) => at(candidates, round % candidates.length),
  least_loaded: (candidates, { inFlight }) =>
    least(candidates, (candidate, lead) => loadOf(candidate, inFlight) - loadOf(lead, inFlight)),
  // One that was never measured comes first: else it never would be.
  response_time: (candidates, { inFlight }) =>
    least(
      candidates,
      (candidate, lead) =>
        (candidate.figures.latencyMs ?? -1) - (lead.figures.latencyMs ?? -1) ||
        loadOf(candidate, inFlight) - loadOf(lead, inFlight),
    ),
  weighted: byWeight,
};

export interface PickRequest {
  readonly strategy?: SelectionStrategy;
  readonly near?: string;
  readonly avoid?: ReadonlySet<string>;
  readonly round: number;
}

/** Picks among the usable agents of a pool; its reasons keep the figures of the turn's beginning. */
export function createPicker({ random }: { readonly random: () => number }) {
  const loadAtFirst = new Map<string, number>();
  const scores = new Map<string, string>();

  /** Asked before the first dispatch to the agent in this turn, so this is what it had before. */
  function firstLoad(candidate: Candidate, inFlight: ReadonlyMap<string, number>): number {
    const load = loadAtFirst.get(candidate.name) ?? loadOf(candidate, inFlight);
    loadAtFirst.set(candidate.name, load);
    return load;
  }

  function scoreText(candidate: Candidate, { near, inFlight }: Situation): string {
    const load = firstLoad(candidate, inFlight);
    const far = isFar(candidate, near);
    const score = scoreOf(candidate.merit, load, far);
    const key = `${candidate.name} ${score} ${near ?? ''}`;
    const text = scores.get(key) ?? tellScore(score, candidate.figures, load, near, far);
    scores.set(key, text);
    return text;
  }

  function tell(strategy: SelectionStrategy, chosen: Candidate, among: Candidates, situation: Situation): string {
    const count = among.length;
    if (strategy === 'round_robin') return `round robin over ${count}`;
    if (strategy === 'least_loaded') return `least loaded of ${count}`;
    if (strategy === 'weighted') return `weight ${weightOf(chosen)} of ${total(among)}`;
    if (strategy === 'score') return scoreText(chosen, situation);
    const { latencyMs } = chosen.figures;
    return latencyMs === undefined ? `never measured, of ${count}` : `fastest of ${count}: ${Math.round(latencyMs)} ms`;
  }

  return {
    /** Undefined when no agent of the pool is usable. */
    pick: (
      request: PickRequest,
      pool: Pool,
      inFlight: ReadonlyMap<string, number>,
    ): { agent: RegisteredAgent; why: string } | undefined => {
      const tier = firstTier(pool, request.avoid);
      if (!tier) return undefined;
      const { among, remark } = tier;
      if (among.length === 1) return { agent: among[0].agent, why: onlyOne(pool) + remark };
      const strategy = request.strategy ?? pool.strategy ?? 'score';
      const situation = { near: request.near, round: request.round, inFlight, random };
      const chosen = STRATEGIES[strategy](among, situation);
      return { agent: chosen.agent, why: tell(strategy, chosen, among, situation) + remark };
    },
  };
}

/** Healthy before unhealthy, and among these those that are not to be avoided first. */
function firstTier(
  pool: Pool,
  avoid: ReadonlySet<string> | undefined,
): { among: Candidates; remark: string } | undefined {
  for (const healthy of [true, false]) {
    const usable = healthy ? pool.healthy : pool.unhealthy;
    const remark = healthy ? '' : '; unhealthy, but no healthy one is left';
    const welcome = avoid ? usable.filter(({ name }) => !avoid.has(name)) : usable;
    if (isSome(welcome)) return { among: welcome, remark };
    if (isSome(usable))
      return { among: usable, remark: `; it was to be avoided, but no other can${remark && ` (${remark.slice(2)})`}` };
  }
  return undefined;
}

function onlyOne({ candidates, named, type }: Pool): string {
  if (named) return 'named by the definition';
  return candidates.length === 1
    ? `only agent for ${type}`
    : `only one of ${candidates.length} for ${type} that can be sent work`;
}

/**
 * Power of two choices: of two distinct agents drawn at random the one with the better score. Nearly as even as asking
 * all, and turns that know nothing of each other do not all run to the same best agent.
 * M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12(10), 2001.
 */
function betterOfTwo(candidates: Candidates, { near, inFlight, random }: Situation): Candidate {
  const score = (candidate: Candidate): number =>
    scoreOf(candidate.merit, loadOf(candidate, inFlight), isFar(candidate, near));
  const first = Math.floor(random() * candidates.length);
  const drawn = Math.floor(random() * (candidates.length - 1));
  const one = at(candidates, first);
  const other = at(candidates, drawn < first ? drawn : drawn + 1);
  return score(other) > score(one) ? other : one;
}

function byWeight(candidates: Candidates, { random }: Situation): Candidate {
  let left = random() * total(candidates);
  for (const candidate of candidates) {
    left -= weightOf(candidate);
    if (left < 0) return candidate;
  }
  return candidates[0];
}

/** The first for whom nobody compares below. */
function least(candidates: Candidates, compare: (a: Candidate, b: Candidate) => number): Candidate {
  return candidates.reduce<Candidate>(
    (lead, candidate) => (compare(candidate, lead) < 0 ? candidate : lead),
    candidates[0],
  );
}

const loadOf = ({ name, queued }: Candidate, inFlight: ReadonlyMap<string, number>): number =>
  queued + (inFlight.get(name) ?? 0);
const isFar = ({ agent }: Candidate, near: string | undefined): boolean =>
  near !== undefined && !agent.selection?.near.includes(near);
const weightOf = ({ agent }: Candidate): number => agent.selection?.weight ?? 1;
const total = (candidates: Candidates): number => candidates.reduce((sum, candidate) => sum + weightOf(candidate), 0);
const at = (candidates: Candidates, index: number): Candidate => candidates[index] ?? candidates[0];
const isSome = (candidates: readonly Candidate[]): candidates is Candidates => candidates.length > 0;
