import type { RegisteredAgent } from '../../contracts/registry.ts';
import { decide } from '../../workflow/decide.ts';
import type { RunEvent, TaskIndex } from '../../workflow/events.ts';
import type { JournalEntry } from '../../workflow/journal.ts';
import { signsWanted } from '../../workflow/liveness.ts';
import { type RunState, taskAt } from '../../workflow/state.ts';
import type { Decision, SignsOfLife, TurnContext, TurnInput } from '../../workflow/turn.ts';
import { carryOut, wakeMessage } from './carry-out.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';
import { type Evaluations, evaluateTasks } from './evaluate.ts';
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
    const { events, state, evaluations, more } = await decideFully(run.state, inputs, now, agents, ports);
    const owed = repeatOwed ? [...run.owed] : [];
    if (events.length > 0) {
      const confirmed = (run.owed[0]?.seq ?? run.seq + 1) - 1;
      const entry: JournalEntry = { seq: run.seq + 1, turnId: ports.ids.uuid(), at: now, confirmed, events };
      const outcome = await store.append(run, entry, state);
      if (!outcome.appended) {
        if (tries >= APPEND_TRIES)
          throw new Error(`run ${runId}: ${tries} writers in a row took the next journal number`);
        continue;
      }
      owed.push(entry);
    }
    if (owed.length > 0) await carryOut(state, owed, evaluations, agents, ports);
    if (more) {
      const body = await wakeMessage(state, now, ports);
      await ports.queues.send(ports.coordinatorQueue, [{ body, groupId: runId, deduplicationId: ports.ids.uuid() }]);
    }
    await store.confirm(runId, owed);
    return;
  }
}

/** Decides; finds out what the engine asks for on the way, and decides on with the answers. */
async function decideFully(
  start: RunState,
  inputs: readonly TurnInput[],
  now: number,
  agents: readonly RegisteredAgent[],
  ports: CoordinatorPorts,
) {
  const [breakers, signs] = await Promise.all([
    ports.breakers.read(),
    inputs.some(({ type }) => type === 'wake_run') ? lookForSigns(start, now, agents, ports) : undefined,
  ]);
  const evaluations: Evaluations = new Map();
  const probes = new Map<string, boolean>();
  const context: TurnContext = {
    ...{ now, agents, breakers, probes, random: ports.random, evaluated: evaluations },
    ...(signs && { signs }),
  };
  const { blobs, registry, resultCache, clock } = ports;
  const evaluator = createTurnEvaluator(ports.evaluator, clock);
  let decision: Decision = decide(start, inputs, context);
  const events: RunEvent[] = [...decision.events];
  while (decision.questions.evaluate.length > 0 || decision.questions.probes.length > 0) {
    const { evaluate, probes: agentsToProbe } = decision.questions;
    const answers = await evaluateTasks(decision.state, evaluate, { blobs, registry, resultCache, clock, evaluator });
    for (const [key, answer] of answers) evaluations.set(key, answer);
    for (const agent of agentsToProbe) {
      probes.set(agent, await ports.breakers.takeProbe(agent, start.runId, now, now + PROBE_MS));
    }
    decision = decide(decision.state, [], context);
    events.push(...decision.events);
  }
  return { ...decision, events, evaluations };
}

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
