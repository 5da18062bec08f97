import type { ErrorReport } from '../contracts/errors.ts';
import { kindOf } from '../contracts/workflow-definition.ts';
import { questionOf } from './ask-ladder.ts';
import type { Dispatches } from './dispatch.ts';
import type { Suspension, TaskIndex } from './events.ts';
import { decisionId, earlierAgents, giveUp } from './failure.ts';
import { UNKNOWN_OUTCOME } from './failure-codes.ts';
import { answerFromRecord } from './fork-run.ts';
import { takeEvent } from './handle-event.ts';
import { childRunId } from './run-identity.ts';
import type { SelectionRequest } from './select.ts';
import { wakesAt } from './sleep.ts';
import { type RunState, type TaskState, taskAt } from './state.ts';
import { workOf } from './task-types.ts';
import type { Asked, Evaluation, Turn, TurnContext } from './turn.ts';

type Known = Exclude<Evaluation, { error: unknown } | { when: unknown } | { gates: unknown }>;

/** Lets a ready task begin, according to its kind. */
export function beginTask(turn: Turn, index: TaskIndex, known: Known, dispatches: Dispatches, questions: Asked): void {
  const { draft, emit, context } = turn;
  const task = taskAt(draft, index);
  const { definition, attempt, fallback } = task;
  if (known.result) {
    dispatches.complete(index, known.result);
    return;
  }
  if (definition.forEach && known.items) {
    emit({ type: 'items_expanded', task: index, items: { value: [...known.items] } });
    return;
  }
  const seconds = definition.timeoutSeconds;
  const until = seconds === undefined ? {} : { until: context.now + seconds * 1_000 };
  const suspend = (on: Suspension): void =>
    emit({ type: 'task_suspended', task: index, attempt: attempt + 1, on, ...until });
  switch (fallback === undefined ? kindOf(definition) : 'type') {
    case 'type':
      dispatch(turn, index, known, dispatches, questions);
      return;
    case 'sleep': {
      const end = wakesAt(definition, context.now);
      if (end <= context.now) dispatches.complete(index, { value: null });
      else emit({ type: 'task_suspended', task: index, attempt: attempt + 1, on: { for: 'time' }, until: end });
      return;
    }
    case 'workflow': {
      if (answerFromRecord(turn, index, undefined, dispatches)) return;
      const { name = '', version = 1 } = { ...definition.workflow, version: known.version };
      suspend({ for: 'run', runId: childRunId(draft, definition.id, attempt + 1), workflow: name, version });
      return;
    }
    case 'waitFor': {
      const key = known.key ?? definition.waitFor?.key;
      const on = { for: 'event', event: definition.waitFor?.event ?? '', ...(key !== undefined && { key }) } as const;
      if (!takeEvent(turn, index, on)) suspend(on);
      return;
    }
    default: {
      suspend(questionOf(draft, task, known, decisionId(draft.asked, definition.id), context.now));
    }
  }
}

function dispatch(turn: Turn, index: TaskIndex, known: Known, dispatches: Dispatches, questions: Asked): void {
  const { draft, context } = turn;
  const task = taskAt(draft, index);
  const { type = '' } = workOf(task);
  if (isDoubtful(task, context.agents)) {
    giveUp(turn, index, doubtOf(task));
    return;
  }
  const choice = turn
    .selector()
    .choose(requestOf(draft, task, known.near, dispatches.gathered(type)), dispatches.inFlight);
  if ('why' in choice) {
    if (answerFromRecord(turn, index, choice.agent, dispatches)) return;
    dispatches.add(index, type, choice);
  } else if ('ask' in choice) {
    questions.probes.push(choice.agent);
    questions.tasks.add(index);
  } else if ('hold' in choice) {
    // At least a moment, so that a wait is never over at once.
    const until = Math.max(choice.until, context.now + 1_000);
    dispatches.hold(index, choice.hold, until);
  } else {
    giveUp(turn, index, choice.none);
  }
}

/** Agents without outside effects may always be asked again. */
function isDoubtful({ doubt, agent }: TaskState, agents: TurnContext['agents']): boolean {
  return doubt === true && (agents.find(({ name }) => name === agent)?.effects ?? 'outside') === 'outside';
}

function doubtOf({ agent, attempt }: TaskState): ErrorReport {
  const message =
    `nobody knows what became of attempt ${attempt} by ${agent}, and its work has outside effects: ` +
    'find out whether they took place before it is repeated';
  return { code: UNKNOWN_OUTCOME, class: 'non_recoverable', message };
}

function requestOf(state: RunState, task: TaskState, near: string | undefined, gathered: number): SelectionRequest {
  const { definition, route, agent: last } = task;
  const { type = '', agent } = workOf(task);
  const strategy = definition.select ?? state.definition.select;
  const place = near ?? definition.near;
  return {
    type,
    round: (state.rounds.get(type) ?? 0) + gathered + Number.parseInt(state.runId.slice(-6), 16),
    ...(agent !== undefined && { agent }),
    ...(strategy !== undefined && { strategy }),
    ...(place !== undefined && { near: place }),
    ...(route === 'same' && last !== undefined && { prefer: last }),
    ...(route === 'backup' && { avoid: earlierAgents(task) }),
    ...(route === 'alternative' && { exclude: earlierAgents(task) }),
  };
}
