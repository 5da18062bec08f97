/** How well a method finds the turns that answer a question. */
export interface Found {
  readonly recall_at_5: number;
  readonly recall_at_10: number;
  /** Of the first one that answers. */
  readonly mrr: number;
}

/** @param ranking ids, best first */
export function foundIn(ranking: readonly string[], evidence: ReadonlySet<string>): Found {
  const recall = (depth: number): number =>
    ranking.slice(0, depth).filter((id) => evidence.has(id)).length / evidence.size;
  const first = ranking.findIndex((id) => evidence.has(id));
  return { recall_at_5: recall(5), recall_at_10: recall(10), mrr: first === -1 ? 0 : 1 / (first + 1) };
}

export function meanOf(all: readonly Found[]): Found {
  const mean = (of: (found: Found) => number): number =>
    all.length === 0 ? 0 : Number((all.reduce((sum, found) => sum + of(found), 0) / all.length).toFixed(4));
  return {
    recall_at_5: mean((found) => found.recall_at_5),
    recall_at_10: mean((found) => found.recall_at_10),
    mrr: mean((found) => found.mrr),
  };
}
