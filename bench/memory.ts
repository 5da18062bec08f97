import { localEmbedder } from '../lambdas/adapters/embeddings/local-embedder.ts';
import { MemoryIndex } from '../lambdas/platform/memory/retrieval/memory-index.ts';
import { best, scoresOf } from '../lambdas/platform/memory/retrieval/rank.ts';
import { smallVector } from '../lambdas/platform/memory/retrieval/vectors.ts';
import { spokenText } from '../lambdas/runtime/memory/spoken-text.ts';
import type { Bench } from './bench.ts';
import { bm25Alone } from './memory/bm25-alone.ts';
import { type Conversation, readLocomo } from './memory/locomo.ts';
import { type Found, foundIn, meanOf } from './memory/measure.ts';

const METHODS = ['muster', 'bm25', 'vectors'] as const;
type Method = (typeof METHODS)[number];
type ByMethod<T> = Readonly<Record<Method, T>>;
interface Asked {
  readonly category: number;
  readonly found: ByMethod<Found>;
}
/** LoCoMo's own. */
const CATEGORIES = ['multi_hop', 'temporal', 'open_domain', 'single_hop', 'adversarial'] as const;

/** How well memory finds the turns of long conversations that answer a question, against its parts by themselves. */
export const bench: Bench = {
  async run({ progress, data }) {
    if (data === undefined) throw new Error('name the conversations: --data FILE, in the format of LoCoMo');
    const conversations = await readLocomo(data);
    const embedder = localEmbedder();
    const asked: Asked[] = [];
    let searchMs = 0;
    for (const [place, conversation] of conversations.entries()) {
      const { turns, questions } = conversation;
      progress(
        `conversation ${place + 1} of ${conversations.length}: ${turns.length} turns, ${questions.length} questions`,
      );
      const turnVectors = await embedder.embed(turns.map(({ speaker, text }) => spokenText(speaker, text)));
      const questionVectors = await embedder.embed(questions.map(({ text }) => text));
      const search = searchers(conversation, turnVectors);
      for (const [number, { text, category, evidence }] of questions.entries()) {
        const vector = questionVectors[number] ?? [];
        const before = performance.now();
        const muster = search.muster(text, vector);
        searchMs += performance.now() - before;
        const found = (ranking: readonly string[]): Found => foundIn(ranking, evidence);
        asked.push({
          category,
          found: {
            muster: found(muster),
            bm25: found(search.bm25(text, vector)),
            vectors: found(search.vectors(text, vector)),
          },
        });
      }
    }
    const byCategory = CATEGORIES.flatMap((name, index) => {
      const some = asked.filter(({ category }) => category === index + 1);
      return some.length === 0 ? [] : [[name, summaryOf(some)] as const];
    });
    return {
      ...summaryOf(asked),
      by_category: Object.fromEntries(byCategory),
      conversations: conversations.length,
      embeddings: embedder.model,
      search_ms: Number((searchMs / Math.max(1, asked.length)).toFixed(2)),
    };
  },

  table(figures) {
    const { questions, methods, by_category } = figures as unknown as Summary & {
      by_category: Readonly<Record<string, Summary>>;
    };
    const rows = [['all', { questions, methods }] as const, ...Object.entries(by_category)];
    const line = (name: string, count: number | string, cells: readonly string[]): string =>
      `${name.padEnd(14)}${String(count).padStart(10)}${cells.map((cell) => cell.padStart(20)).join('')}`;
    return [
      line('', 'questions', [...METHODS]),
      ...rows.map(([name, row]) =>
        line(
          name,
          row.questions,
          METHODS.map((method) => {
            const { recall_at_5, recall_at_10, mrr } = row.methods[method];
            return [recall_at_5, recall_at_10, mrr].map((value) => value.toFixed(3)).join(' ');
          }),
        ),
      ),
      'each: recall@5, recall@10, mean reciprocal rank',
    ].join('\n');
  },
};

interface Summary {
  readonly questions: number;
  readonly methods: ByMethod<Found>;
}

const summaryOf = (asked: readonly Asked[]): Summary => ({
  questions: asked.length,
  methods: {
    muster: meanOf(asked.map(({ found }) => found.muster)),
    bm25: meanOf(asked.map(({ found }) => found.bm25)),
    vectors: meanOf(asked.map(({ found }) => found.vectors)),
  },
});

type Search = (question: string, vector: ArrayLike<number>) => string[];

/** The same texts and the same vectors for all of them. */
function searchers({ turns }: Conversation, vectors: ReadonlyArray<ArrayLike<number>>): ByMethod<Search> {
  const index = new MemoryIndex(vectors[0]?.length);
  for (const [i, { text, speaker, session, at }] of turns.entries()) {
    const vector = smallVector(vectors[i] ?? []);
    index.add({ ...{ text, speaker, at }, group: session, ...(vector && { vector }) });
  }
  const lexical = bm25Alone(turns.map(({ speaker, text }) => spokenText(speaker, text)));
  const ranked = (scores: Float64Array): string[] =>
    best(scores, turns.length).map((number) => turns[number]?.id ?? '');
  return {
    muster: (text, vector) => ranked(scoresOf(index.features({ text, vector }))),
    bm25: (text) => ranked(lexical(text)),
    vectors: (_, vector) => ranked(Float64Array.from(vectors, (own) => cosine(own, vector))),
  };
}

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  let left = 0;
  let right = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    dot += x * y;
    left += x * x;
    right += y * y;
  }
  return dot === 0 ? 0 : dot / Math.sqrt(left * right);
}
