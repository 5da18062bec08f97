import { readFile } from 'node:fs/promises';
import type { Bench } from './bench.ts';
import { isAi4i } from './maintenance/ai4i.ts';
import { type FailureFigures, failureBench } from './maintenance/failure-bench.ts';
import { type RulFigures, rulBench } from './maintenance/rul-bench.ts';

/**
 * How well the learner of the maintenance system predicts on public data, by the format of the files: AI4I 2020 (precision, recall,
 * F1 of the class failure, PR-AUC) or C-MAPSS (RMSE and NASA score of the remaining cycles, truth uncapped). What it learns from is
 * the training file alone.
 */
export const bench: Bench = {
  async run({ progress, train, test, rul, seed = 1 }) {
    if (train === undefined || test === undefined)
      throw new Error(
        'name the files: --train FILE --test FILE, of AI4I 2020 or C-MAPSS; --rul FILE for the truth of C-MAPSS',
      );
    const [learnt, asked] = await Promise.all([readFile(train, 'utf8'), readFile(test, 'utf8')]);
    if (isAi4i(learnt)) return { ...failureBench(learnt, asked, seed, progress) };
    const truth = rul === undefined ? undefined : await readFile(rul, 'utf8');
    return { ...rulBench(learnt, asked, truth, seed, progress) };
  },

  table: (figures) => ('failure' in figures ? failureTable(figures) : rulTable(figures)),
};

const three = (figure: number): string => figure.toFixed(3);

function failureTable(figures: Record<string, unknown>): string {
  const { failure, rules, rows } = figures as unknown as FailureFigures;
  const line = (name: string, { precision, recall, f1, pr_auc }: FailureFigures['failure']): string =>
    `${name}  precision ${three(precision)}  recall ${three(recall)}  F1 ${three(f1)}  PR-AUC ${three(pr_auc)}`;
  return [line('learned', failure), line('rules  ', rules), `${rows.train} rows learnt, ${rows.test} asked`].join('\n');
}

function rulTable(figures: Record<string, unknown>): string {
  const { rul, mean_life, engines, truth } = figures as unknown as RulFigures;
  const line = (name: string, { rmse, nasa }: RulFigures['rul']): string =>
    `${name}  RMSE ${rmse.toFixed(2)} cycles  NASA score ${nasa.toFixed(0)}`;
  return [
    line('learned      ', rul),
    line('mean of train', mean_life),
    `${engines.train} engines learnt, ${engines.test} asked; truth: ${truth}`,
  ].join('\n');
}
