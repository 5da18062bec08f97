/** How far an expression may go. Time is the backstop; the other bounds give the same answer on every machine. */
export const EXPRESSION_LIMITS = {
  /** Characters of source. */
  source: 8_192,
  /** Ms that one expression may take. */
  timeoutMs: 1_000,
  /** Ms that all expressions of one call may take together. */
  batchTimeoutMs: 10_000,
  /** Workers that one call may wear out before its remaining expressions are given up. */
  kills: 3,
  /** Ms a new worker has to load. */
  startMs: 15_000,
  /** Nodes of the expression tree, calls of built-in functions and regular expression matches. */
  steps: 250_000,
  /** Nesting of evaluation, and of values. */
  depth: 200,
  /** Characters of any string on the way. */
  string: 500_000,
  /** Items of any array on the way. */
  items: 100_000,
  /** Bytes of JSON of one result. */
  result: 256 * 1024,
  /** Characters of JSON that one expression may see, and that all expressions of one call may see together. */
  bindings: 4_000_000,
  batchBindings: 16_000_000,
  /** Heap of the worker. Single allocations stay well below Node's 16 MB of grace, so running out ends only the worker. */
  heapMb: 64,
} as const;
