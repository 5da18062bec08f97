import type { ErrorReport } from '../../contracts/errors.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { Lifecycle } from '../../runtime/ports.ts';
import type { Meter } from './meter.ts';

export type LifecycleInput = Parameters<Lifecycle['start']>[1];
export type LifecycleAnswer = { readonly output: JsonObject } | { readonly error: ErrorReport };

/** State transitions that one run's execution makes: start, wait for the token, end. */
const TRANSITIONS = 3;

/** Executions in memory: `onStart` plays the state machine, `answers` are the tokens answered, first answer first. */
export interface MemoryLifecycle extends Lifecycle {
  readonly started: ReadonlyMap<string, LifecycleInput>;
  readonly answers: ReadonlyMap<string, LifecycleAnswer>;
}

export function memoryLifecycle(
  meter: Meter,
  onStart: (runId: string, input: LifecycleInput) => void | Promise<void> = () => {},
): MemoryLifecycle {
  const started = new Map<string, LifecycleInput>();
  const answers = new Map<string, LifecycleAnswer>();
  const answer = (token: string, given: LifecycleAnswer): void => {
    if (!answers.has(token)) answers.set(token, structuredClone(given));
  };
  return {
    started,
    answers,
    start: async (runId, input) => {
      if (started.has(runId)) return;
      started.set(runId, input);
      meter.add('step_functions', TRANSITIONS);
      await onStart(runId, input);
    },
    succeed: async (token, output) => answer(token, { output }),
    fail: async (token, error) => answer(token, { error }),
  };
}
