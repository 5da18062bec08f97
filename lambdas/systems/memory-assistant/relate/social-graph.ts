import { UndirectedGraph } from 'graphology';
import louvainModule from 'graphology-communities-louvain';
import { bidirectional } from 'graphology-shortest-path';
import type { Tie } from './ties-in.ts';
import { weightOf } from './ties-in.ts';

/** People who have more to do with each other than with others (Louvain, weighted; the same ties give the same answer). */
export interface Community {
  readonly members: readonly string[];
  /** Of all ties of its members, the share that stays within it. */
  readonly closeness: number;
}

// Its types speak of `export default`, its code of `module.exports`: what is imported is the function itself.
const louvain = louvainModule as unknown as typeof louvainModule.default;

function graphOf(ties: readonly Tie[]): UndirectedGraph {
  const graph = new UndirectedGraph();
  for (const tie of ties) {
    graph.mergeNode(tie.a);
    graph.mergeNode(tie.b);
    graph.mergeEdge(tie.a, tie.b, { weight: weightOf(tie) });
  }
  return graph;
}

export function communitiesIn(ties: readonly Tie[]): Community[] {
  const graph = graphOf(ties);
  if (graph.size === 0) return [];
  // Its walk begins at a random node, unless it is told where.
  const parts = louvain(graph, { getEdgeWeight: 'weight', rng: () => 0.5 });
  const groups = new Map<number, string[]>();
  for (const [person, part] of Object.entries(parts)) {
    const members = groups.get(part) ?? [];
    groups.set(part, members);
    members.push(person);
  }
  return [...groups.values()]
    .map((members) => ({ members: members.sort((a, b) => a.localeCompare(b)), closeness: closenessOf(members, ties) }))
    .sort((a, b) => b.members.length - a.members.length || (a.members[0] ?? '').localeCompare(b.members[0] ?? ''));
}

function closenessOf(members: readonly string[], ties: readonly Tie[]): number {
  const inside = new Set(members);
  const touching = ties.filter(({ a, b }) => inside.has(a) || inside.has(b));
  const total = touching.reduce((sum, tie) => sum + weightOf(tie), 0);
  const within = touching
    .filter(({ a, b }) => inside.has(a) && inside.has(b))
    .reduce((sum, tie) => sum + weightOf(tie), 0);
  return total === 0 ? 0 : Number((within / total).toFixed(2));
}

/** Over whom two people know each other, both included; undefined when nobody leads from one to the other. */
export function wayBetween(ties: readonly Tie[], from: string, to: string): readonly string[] | undefined {
  const graph = graphOf(ties);
  if (!graph.hasNode(from) || !graph.hasNode(to)) return undefined;
  return bidirectional(graph, from, to) ?? undefined;
}

/** Whom a person has to do with, closest first; `depth` 2: also whom those have to do with. */
export function circleOf(
  ties: readonly Tie[],
  person: string,
  depth = 1,
): Array<{ person: string; steps: number; weight: number }> {
  const found = new Map<string, { person: string; steps: number; weight: number }>();
  let edge = new Set([person]);
  for (let steps = 1; steps <= depth; steps++) {
    const next = new Set<string>();
    for (const { a, b, ...tie } of ties)
      for (const [one, other] of [
        [a, b],
        [b, a],
      ] as const) {
        if (!edge.has(one) || other === person || found.has(other)) continue;
        found.set(other, { person: other, steps, weight: weightOf(tie) });
        next.add(other);
      }
    edge = next;
  }
  return [...found.values()].sort(
    (x, y) => x.steps - y.steps || y.weight - x.weight || x.person.localeCompare(y.person),
  );
}
