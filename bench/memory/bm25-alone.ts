import { saturated } from '../../lambdas/platform/memory/retrieval/bm25.ts';
import { Postings } from '../../lambdas/platform/memory/retrieval/postings.ts';
import { termsOf } from '../../lambdas/platform/memory/retrieval/terms.ts';

/** The usual baseline: BM25 over each text by itself, without stop words, Porter's stems. */
export function bm25Alone(texts: readonly string[]): (question: string) => Float64Array {
  const postings = new Postings();
  for (const text of texts) postings.add(termsOf(text));
  return (question) => {
    const scores = new Float64Array(texts.length);
    for (const term of termsOf(question)) {
      const { documents, counts } = postings.of(term) ?? { documents: [], counts: [] };
      documents.forEach((document, i) => {
        const length = (postings.lengths[document] ?? 0) / postings.averageLength;
        scores[document] = (scores[document] ?? 0) + postings.idf(term) * saturated(counts[i] ?? 0, length);
      });
    }
    return scores;
  };
}
