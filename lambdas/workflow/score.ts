import type { RegisteredAgent } from '../contracts/registry.ts';

/** What counts in an agent's score, besides its load and where it is; what nobody knows is absent. */
export interface Figures {
  /** Share of successes, 0 to 1. */
  readonly success?: number;
  readonly latencyMs?: number;
  /** Of a task, compared with its peers. */
  readonly cost: number;
}

/** What an agent is taken for of whom nothing is known: the middle of its peers. */
export interface Neutral {
  readonly success: number;
  readonly latencyMs: number;
}

/** An agent that fails always is tried now and then: else it could never show that it is well again. */
const LEAST_SUCCESS = 0.05;
/** What a task costs in time beside the agent's work: two hops of 50 ms. Below it, an agent's speed hardly matters. */
const HOPS_MS = 100;
/** An agent that is not where the task wants it to be. */
const FAR = 0.5;

export function figuresOf({ load, selection }: RegisteredAgent): Figures {
  const { ewma_success: success, ewma_latency_ms: latencyMs } = load?.stats ?? {};
  return {
    ...(success !== undefined && { success }),
    ...(latencyMs !== undefined && { latencyMs }),
    cost: selection?.cost ?? 1,
  };
}

/** The medians of what is known; when nothing is: success 1 and 0 ms, so that these two do not decide. */
export function neutralOf(peers: readonly Figures[]): Neutral {
  return {
    success: middle(peers.map(({ success }) => success)) ?? 1,
    latencyMs: middle(peers.map(({ latencyMs }) => latencyMs)) ?? 0,
  };
}

/**
 * The part of the score that stays the same throughout a turn:
 *
 *     merit = success × speed ÷ cost
 *     success = max(0.05, EWMA of successes, 0 to 1)
 *     speed   = 100 ms ÷ (100 ms + EWMA of latency in ms)
 *     cost    = as in the manifest, default 1
 *
 * What is not known of an agent is the median of its peers' ({@link neutralOf}).
 */
export function meritOf(figures: Figures, neutral: Neutral): number {
  const success = Math.max(LEAST_SUCCESS, figures.success ?? neutral.success);
  const speed = HOPS_MS / (HOPS_MS + (figures.latencyMs ?? neutral.latencyMs));
  return (success * speed) / figures.cost;
}

/**
 *     score = merit × 1 ÷ (1 + load) × proximity
 *     load      = messages in its inbox when last measured + tasks of this run that it has
 *     proximity = 1 if the task does not say `near`, or the agent is there; else 0.5
 *
 * 1 is an agent at its best: nothing waits, it never fails, takes no time, costs 1 and is near. Only comparisons matter.
 */
export function scoreOf(merit: number, load: number, isFar: boolean): number {
  return (merit / (1 + load)) * (isFar ? FAR : 1);
}

/** As `score 0.82: success 99 %, 120 ms, 3 queued, cost 1, near eu-west-1`. */
export function tellScore(
  score: number,
  figures: Figures,
  load: number,
  near: string | undefined,
  isFar: boolean,
): string {
  const { success, latencyMs, cost } = figures;
  const parts = [
    success === undefined ? undefined : `success ${Math.round(success * 100)} %`,
    latencyMs === undefined ? undefined : `${Math.round(latencyMs)} ms`,
    success === undefined && latencyMs === undefined ? 'no history' : undefined,
    `${load} queued`,
    `cost ${cost}`,
    near === undefined ? undefined : `${isFar ? 'not near' : 'near'} ${near}`,
  ];
  return `score ${Number(score.toPrecision(2))}: ${parts.filter((part) => part !== undefined).join(', ')}`;
}

function middle(values: ReadonlyArray<number | undefined>): number | undefined {
  const known = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  return known[Math.floor(known.length / 2)];
}
