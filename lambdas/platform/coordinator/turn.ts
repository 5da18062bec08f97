import type { RegisteredAgent } from '../../contracts/registry.ts';
import { decide } from '../../workflow/decide.ts';
import type { RunEvent, TaskIndex } from '../../workflow/events.ts';
import type { JournalEntry } from '../../workflow/journal.ts';
import { signsWanted } from '../../workflow/liveness.ts';
import { hasEnded, type RunState, taskAt } from '../../workflow/state.ts';
import { ADMISSION, type Decision, type SignsOfLife, type TurnContext, type TurnInput } from '../../workflow/turn.ts';
import { answerFlows } from './ask-flows.ts';
import { thatFit } from './by-size.ts';
import { carryOut, wakeMessage } from './carry-out.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';
import { bytesOfEvents } from './documents.ts';
import { dismissMembers } from './end-members.ts';
import { type Evaluations, evaluateTasks } from './evaluate.ts';
import { evaluateAdmission } from './evaluate-gates.ts';
import { holdOf } from './hold.ts';
import type { RunStore } from './run-store.ts';
import { createTurnEvaluator } from './turn-evaluator.ts';

/** Another writer may win the number we wanted a few times; more often than this, something is wrong. */
const APPEND_TRIES = 5;
/** A probe that nothing is heard of gives the next one its chance after this. */
const PROBE_MS = 120_000;

/**
 * One turn of one run: read what is new, decide, append ONE journal entry, and only then act (rules 1 and 2).
 * @param agents as the registry has them when the batch begins
 * @throws whatever the ports throw; the caller sends the messages back to the queue
 */
export async function takeTurn(
  runId: string,
  inputs: readonly TurnInput[],
  repeatOwed: boolean,
  agents: readonly RegisteredAgent[],
  store: RunStore,
  ports: CoordinatorPorts,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const run = await store.load(runId);
    const now = Math.max(ports.clock.now(), run.at);
    const { events, state, evaluations, more, idle } = await decideFully(run.state, inputs, now, agents, ports);
    const owed = repeatOwed || idle ? [...run.owed] : [];
    let { seq } = run;
    if (events.length > 0) {
      const confirmed = (run.owed[0]?.seq ?? run.seq + 1) - 1;
      const heard = inputs.flatMap((input) => (input.heard ? [input.heard] : []));
      const entry: JournalEntry = {
        ...{ seq: run.seq + 1, turnId: ports.ids.uuid(), at: now, confirmed, events },
        ...(heard.length > 0 && { heard }),
      };
      const outcome = await store.append(run, entry, state);
      if (!outcome.appended) {
        if (tries >= APPEND_TRIES)
          throw new Error(`run ${runId}: ${tries} writers in a row took the next journal number`);
        continue;
      }
      owed.push(outcome.entry);
      seq = entry.seq;
    }
    if (owed.length > 0) await carryOut(state, owed, evaluations, agents, ports);
    await Promise.all([answerFlows(state, inputs, now, ports), dismissMembers(state, inputs, ports)]);
    // A row that is left over, such as by a coordinator that outlived its time, would bring the sweeper here for ever.
    if (hasEnded(state) && inputs.some(isSwept)) await ports.runs.setWake(runId, undefined, seq);
    if (more) {
      const body = await wakeMessage(state, now, ports);
      await ports.queues.send(ports.coordinatorQueue, [{ body, groupId: runId, deduplicationId: ports.ids.uuid() }]);
    }
    await store.confirm(runId, owed);
    return;
  }
}

/** A wake that no timer has brought. */
const isSwept = (input: TurnInput): boolean => input.type === 'wake_run' && input.due === undefined;

/** Decides; finds out what the engine asks for on the way, and decides on with the answers. */
async function decideFully(
  start: RunState,
  inputs: readonly TurnInput[],
  now: number,
  agents: readonly RegisteredAgent[],
  ports: CoordinatorPorts,
) {
  const [breakers, hold, signs] = await Promise.all([
    ports.breakers.read(),
    holdOf(start, inputs, ports.holds),
    inputs.some(({ type }) => type === 'wake_run') ? lookForSigns(start, now, agents, ports) : undefined,
  ]);
  const evaluations: Evaluations = new Map();
  const probes = new Map<string, boolean>();
  const context: TurnContext = {
    ...{ now, agents, breakers, probes, random: ports.random, evaluated: evaluations },
    ...(signs && { signs }),
    ...(hold !== undefined && { hold }),
  };
  const { blobs, registry, resultCache, clock } = ports;
  const evaluator = createTurnEvaluator(ports.evaluator, clock);
  let decision: Decision = decide(start, inputs, context);
  const events: RunEvent[] = [...decision.events];
  const { idle } = decision;
  let bytes = await bytesOfEvents(events);
  let full = false;
  while (!full && asksSomething(decision.questions)) {
    const { evaluate, probes: agentsToProbe, admission } = decision.questions;
    if (admission) evaluations.set(ADMISSION, await evaluateAdmission(decision.state, evaluator));
    const answers = await evaluateTasks(decision.state, evaluate, { blobs, registry, resultCache, clock, evaluator });
    const fitting = thatFit(answers, bytes);
    full = fitting.size < answers.size;
    for (const [key, answer] of fitting) evaluations.set(key, answer);
    for (const agent of agentsToProbe) {
      probes.set(agent, await ports.breakers.takeProbe(agent, start.runId, now, now + PROBE_MS));
    }
    decision = decide(decision.state, [], context);
    events.push(...decision.events);
    bytes += await bytesOfEvents(decision.events);
  }
  return { ...decision, events, evaluations, idle, more: decision.more || full };
}

const asksSomething = ({ evaluate, probes, admission }: Decision['questions']): boolean =>
  evaluate.length > 0 || probes.length > 0 || admission === true;

/** Signs of life of what agents have held for a while; nothing is read for work that has only begun. */
async function lookForSigns(
  state: RunState,
  now: number,
  agents: readonly RegisteredAgent[],
  ports: CoordinatorPorts,
): Promise<SignsOfLife | undefined> {
  const { tasks, inboxes } = signsWanted(state, now);
  if (tasks.length === 0) return undefined;
  const heard = await ports.heartbeats.of(state.runId);
  const beats = new Map<TaskIndex, number>();
  for (const index of tasks) {
    const { definition, attempt } = taskAt(state, index);
    const beat = heard.get(definition.id);
    if (beat?.attempt === attempt) beats.set(index, beat.at);
  }
  const drained = new Set<string>();
  for (const agent of agents) {
    for (const lane of ['express', 'standard'] as const) {
      const name = `${agent.name} ${lane}`;
      if (!inboxes.has(name)) continue;
      const { waiting } = await ports.queues.depth(agent.inbox[lane]);
      if (waiting === 0) drained.add(name);
    }
  }
  return { beats, drained };
}
