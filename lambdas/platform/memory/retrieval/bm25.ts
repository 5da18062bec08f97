/** Saturation and length of BM25, as Anserini has them for short texts of any kind; both baselines and Muster use them. */
const K1 = 0.9;
const B = 0.4;

/**
 * What the occurrences of a term are worth, of at most K1 + 1 (Robertson and Zaragoza 2009, 3.4).
 * @param length compared with what is usual
 */
export const saturated = (count: number, length: number): number =>
  (count * (K1 + 1)) / (count + K1 * (1 - B + B * length));
