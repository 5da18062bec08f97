import type { Meter } from '../adapters/memory/meter.ts';
import type { ErrorReport } from '../contracts/errors.ts';
import type { JsonObject } from '../contracts/json.ts';
import type { Clock, Ids, Lifecycle } from '../runtime/ports.ts';
import { LIFECYCLE } from './topology.ts';

/** State transitions that an execution makes: start, wait for the token, end. */
const TRANSITIONS = 3;

/** One run's execution of the lifecycle state machine. */
export interface Execution {
  readonly status: 'running' | 'succeeded' | 'failed';
  readonly output?: JsonObject;
  readonly error?: Pick<ErrorReport, 'code'>;
  /** How often it has asked the coordinator: 1, and 2 after the deadline and a grace. */
  readonly asked: number;
}

export interface LifecyclePlayer extends Lifecycle {
  /** By run. */
  readonly executions: ReadonlyMap<string, Execution>;
}

type LifecycleInput = Parameters<Lifecycle['start']>[1];

interface Playing {
  execution: Execution;
  token: string;
  cancel: () => void;
}

/**
 * The state machine of lib/constructs/lifecycle.ts: sends the start message with a token, waits for deadline and grace,
 * asks once more with a new token, waits as long as taking back may last, and obeys. A token that is over counts for
 * nothing.
 * @param ask puts a start message and its token on the coordinator's queue
 */
export function playLifecycle(
  { clock, ids, meter }: { clock: Clock; ids: Ids; meter: Meter },
  ask: (runId: string, startMessage: string, token: string) => void,
): LifecyclePlayer {
  const executions = new Map<string, Execution>();
  const byToken = new Map<string, { runId: string; playing: Playing }>();

  function wait(runId: string, playing: Playing, { start_message, timeout_seconds }: LifecycleInput): void {
    const { asked } = playing.execution;
    const { graceSeconds, leastCompensationSeconds } = LIFECYCLE;
    const limit = Math.ceil(timeout_seconds);
    const seconds = (asked === 1 ? limit : Math.max(limit, leastCompensationSeconds)) + graceSeconds;
    playing.token = ids.uuid();
    byToken.set(playing.token, { runId, playing });
    playing.cancel = clock.after(seconds * 1_000, () => {
      byToken.delete(playing.token);
      if (asked > 1) return end(runId, playing, { status: 'failed', error: { code: 'coordinator_silent' } });
      keep(runId, playing, { ...playing.execution, asked: asked + 1 });
      wait(runId, playing, { start_message, timeout_seconds });
    });
    ask(runId, start_message, playing.token);
  }

  function keep(runId: string, playing: Playing, execution: Execution): void {
    playing.execution = execution;
    executions.set(runId, execution);
  }

  function end(runId: string, playing: Playing, outcome: Omit<Execution, 'asked'>): void {
    playing.cancel();
    byToken.delete(playing.token);
    keep(runId, playing, { ...outcome, asked: playing.execution.asked });
  }

  function answer(token: string, outcome: Omit<Execution, 'asked'>): void {
    const waiting = byToken.get(token);
    if (waiting) end(waiting.runId, waiting.playing, outcome);
  }

  return {
    executions,
    start: async (runId, input) => {
      if (executions.has(runId)) return;
      meter.add('step_functions', TRANSITIONS);
      const playing: Playing = { execution: { status: 'running', asked: 1 }, token: '', cancel: () => {} };
      keep(runId, playing, playing.execution);
      wait(runId, playing, input);
    },
    succeed: async (token, output) => answer(token, { status: 'succeeded', output }),
    fail: async (token, { code }) => answer(token, { status: 'failed', error: { code } }),
  };
}
