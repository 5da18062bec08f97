import { detect } from '../lambdas/systems/memory-assistant/privacy/detect.ts';
import type { Bench } from './bench.ts';
import { readMarkedTexts } from './privacy/presidio-format.ts';
import { type Counts, countSpans, noCounts, scoreOf } from './privacy/span-score.ts';

/** Above so much of a span counts as found: the evaluator's own default, and what Presidio's customised run was scored with. */
const SHARES = { strict: 0.9, customised: 0.7 } as const;
/** Presidio's figures on the whole set, as its notebooks 4 (threshold .9) and 5 (.7) print them; August 2025. */
const PRESIDIO = {
  stock: { precision: 0.685, recall: 0.603, f2: 0.618 },
  customised: { precision: 0.87, recall: 0.839, f2: 0.845 },
};

/** How much of the personal data in marked texts the Privacy Guardian finds, counted as Presidio's research evaluator does. */
export const bench: Bench = {
  async run({ progress, data }) {
    if (data === undefined) throw new Error("name the texts: --data FILE, in the format of Presidio's research set");
    const texts = await readMarkedTexts(data);
    progress(`${texts.length} texts`);
    const overall = { strict: noCounts(), customised: noCounts() };
    const byType = new Map<string, Counts>();
    const began = performance.now();
    for (const { text, marks } of texts) {
      const found = detect(text);
      for (const name of ['strict', 'customised'] as const) countSpans(text, marks, found, SHARES[name], overall[name]);
      for (const type of new Set([...marks, ...found].map((one) => one.type))) {
        const counts = byType.get(type) ?? noCounts();
        byType.set(type, counts);
        const same = <T extends { type: string }>(all: readonly T[]): T[] => all.filter((one) => one.type === type);
        countSpans(text, same(marks), same(found), SHARES.strict, counts);
      }
    }
    const types = [...byType].sort(([a], [b]) => a.localeCompare(b));
    return {
      overall: scoreOf(overall.customised),
      overall_strict: scoreOf(overall.strict),
      by_type: Object.fromEntries(types.map(([type, counts]) => [type, { ...scoreOf(counts), marked: counts.marked }])),
      texts: texts.length,
      ms_per_text: Number(((performance.now() - began) / Math.max(1, texts.length)).toFixed(2)),
      thresholds: SHARES,
      presidio: PRESIDIO,
    };
  },

  table(figures) {
    const { overall, overall_strict, by_type, presidio } = figures as unknown as Figures;
    const line = (name: string, { precision, recall, f2 }: Score, more = ''): string =>
      `${name.padEnd(28)}${[precision, recall, f2].map((value) => value.toFixed(3).padStart(10)).join('')}${more}`;
    return [
      `${''.padEnd(28)}${['precision', 'recall', 'F2'].map((name) => name.padStart(10)).join('')}`,
      line('all, 70 % of a span', overall),
      line('all, 90 % of a span', overall_strict),
      line('Presidio customised, 70 %', presidio.customised),
      line('Presidio stock, 90 %', presidio.stock),
      ...Object.entries(by_type).map(([type, score]) => line(type, score, `   ${score.marked} marked`)),
    ].join('\n');
  },
};

interface Score {
  readonly precision: number;
  readonly recall: number;
  readonly f2: number;
}
interface Figures {
  readonly overall: Score;
  readonly overall_strict: Score;
  readonly by_type: Readonly<Record<string, Score & { readonly marked: number }>>;
  readonly presidio: { readonly stock: Score; readonly customised: Score };
}
