import { asJson } from '../../contracts/json.ts';
import { LIMITS } from '../../contracts/limits.ts';
import type { AskFlow } from '../../contracts/messages.ts';
import { encodeMessage } from '../../runtime/message-codec.ts';
import type { Effect } from '../../workflow/effects.ts';
import { type FlowState, isIdle, waitsSince } from '../../workflow/flow-state.ts';
import { urgencyOf } from '../../workflow/line.ts';
import { hasEnded, type RunState } from '../../workflow/state.ts';
import type { TurnInput } from '../../workflow/turn.ts';
import { longWaits } from '../../workflow/waits-at-gates.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';
import { headerOf } from './header.ts';

/** Tells flows how the run stands with them. Told twice does no harm. */
export async function askFlows(state: RunState, effects: readonly Effect[], ports: CoordinatorPorts): Promise<void> {
  const ids = new Set(effects.flatMap((effect) => (effect.type === 'ask_flow' ? [effect.flow] : [])));
  await tell(state, ids, ports);
}

/**
 * Answers flows that ask, with what the journal says; and asks once more where an answer must have been lost. Nothing of
 * it is journaled: it is no news.
 */
export async function answerFlows(
  state: RunState,
  inputs: readonly TurnInput[],
  now: number,
  ports: CoordinatorPorts,
): Promise<void> {
  const ids = new Set<string>();
  const questions = new Map<string, number>();
  for (const input of inputs) {
    if (input.type === 'check_flow') {
      const { flow_id: id, at = 0 } = input.payload;
      ids.add(id);
      questions.set(id, Math.max(at, questions.get(id) ?? 0));
    }
    // It does not know that the run has ended.
    if (input.type === 'grant_flow' && hasEnded(state)) ids.add(input.payload.flow_id);
    if (input.type === 'wake_run' && !hasEnded(state)) for (const id of longWaits(state, now)) ids.add(id);
  }
  await tell(state, ids, ports, questions);
}

async function tell(
  state: RunState,
  ids: ReadonlySet<string>,
  ports: CoordinatorPorts,
  questions: ReadonlyMap<string, number> = new Map(),
): Promise<void> {
  const asks = await Promise.all(
    [...ids].map(async (id) => {
      const flow = state.flows.get(id);
      const body = flow && (await message(state, flow, questions.get(id), ports));
      return body === undefined ? [] : [{ body, groupId: id, deduplicationId: ports.ids.uuid() }];
    }),
  );
  if (asks.length > 0) await ports.queues.send(ports.coordinatorQueue, asks.flat());
}

async function message(
  state: RunState,
  flow: FlowState,
  answers: number | undefined,
  ports: CoordinatorPorts,
): Promise<string> {
  const { gate, asked, returned, withdrawn, run } = flow;
  const { tenant } = state.request;
  const done = hasEnded(state) || isIdle(flow);
  const input = run === 'waits' && gate.rule.kind === 'batch' ? { input: await inputOf(state, ports) } : {};
  const payload: AskFlow = {
    ...{ run_id: state.runId, gate, asked, returned, expires_at: state.endedAt ?? state.deadline },
    claimant: { tenant, workflow: state.definition.name, priority: mostUrgent(state, flow) },
    since: waitsSince(flow) ?? state.startedAt,
    ...(withdrawn > 0 && { withdrawn }),
    ...(done && { done }),
    ...(answers !== undefined && { answers }),
    ...input,
  };
  return encodeMessage({ header: headerOf(state, 'ask_flow', ports), payload: asJson(payload) }, ports);
}

/** The urgency of whoever is next, else the run's own. */
function mostUrgent(state: RunState, { line }: FlowState) {
  const { definition, request, tasks } = state;
  const next = line[0] === undefined ? undefined : tasks[line[0]];
  return next ? urgencyOf(state, next) : (definition.priority ?? request.priority);
}

async function inputOf({ input, request }: RunState, { blobs }: CoordinatorPorts) {
  const small = JSON.stringify(input).length <= LIMITS.inlineResult;
  return small ? { value: input } : { ref: await blobs.put(request.tenant, asJson(input)) };
}
