import type { RunEvent } from '../../../lambdas/workflow/events.ts';
import type { RunView } from './run-view.ts';

export type Folds = {
  readonly [T in RunEvent['type']]?: (view: RunView, event: Extract<RunEvent, { type: T }>, at: number) => void;
};
