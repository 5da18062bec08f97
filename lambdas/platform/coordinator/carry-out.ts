import { type BusEvent, PLATFORM_SOURCE } from '../../contracts/bus-events.ts';
import type { RegisteredAgent } from '../../contracts/registry.ts';
import { encodeMessage } from '../../runtime/message-codec.ts';
import { packBodies } from '../../runtime/message-pack.ts';
import { LONGEST_TIMER_MS } from '../../workflow/arm-timer.ts';
import { type Effect, effectsOf, failureOf } from '../../workflow/effects.ts';
import type { JournalEntry } from '../../workflow/journal.ts';
import { hasEnded, type RunState, taskAt } from '../../workflow/state.ts';
import { askFlows } from './ask-flows.ts';
import { createAssigner } from './assignments.ts';
import { tripBreakers } from './breakers.ts';
import { changeBudgets } from './change-budgets.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';
import { countOpen } from './count-open.ts';
import { endMembers } from './end-members.ts';
import type { Evaluations } from './evaluate.ts';
import { headerOf } from './header.ts';
import { outcomeEvent, tokenOutput } from './outcome.ts';
import { confidentialTo, mayTravelPacked, tasksPerMessage } from './packing.ts';
import { parkAttempts } from './park.ts';
import { stopWork } from './stop-work.ts';
import { answerParent, cancelChildren, startChildren } from './sub-workflows.ts';
import { tellAudit } from './tell-audit.ts';
import { tellCosts } from './tell-costs.ts';
import { tellStream } from './tell-stream.ts';

/** The sweeper looks at a run so long before a timer that SQS can't hold yet: that turn arms it. */
const SWEEP_AHEAD_MS = 600_000;
/** The sweeper looks at a run this long after its timer should have. */
const SWEEP_GRACE_MS = 30_000;

/**
 * Carries out what journal entries owe. Every effect may happen twice (after a crash) and none is lost: an error
 * sends the turn's messages back to the queue, and the next delivery repeats what still applies.
 */
export async function carryOut(
  state: RunState,
  entries: readonly JournalEntry[],
  evaluations: Evaluations,
  agents: readonly RegisteredAgent[],
  ports: CoordinatorPorts,
): Promise<void> {
  const effects = entries.flatMap((entry) => effectsOf(state, entry, agents));
  const seq = entries.at(-1)?.seq;
  await Promise.all([stopWork(state, effects, ports), changeBudgets(state, effects, ports)]);
  await Promise.all([
    assign(state, effects, evaluations, agents, ports),
    startChildren(state, effects, evaluations, ports),
    cancelChildren(state, effects, ports),
    tripBreakers(effects, ports),
    parkAttempts(state, effects, evaluations, ports),
    rememberResults(state, effects, ports),
    askFlows(state, effects, ports),
    endMembers(state, effects, ports),
    tellAudit(state, entries, ports),
  ]);
  await announce(state, effects, seq, ports);
  // Last: until all the rest is done, the sweeper goes by the earlier time and comes back for what is owed (rule 3).
  await keepTime(state, effects, seq, ports);
}

async function assign(
  state: RunState,
  effects: readonly Effect[],
  evaluations: Evaluations,
  agents: readonly RegisteredAgent[],
  ports: CoordinatorPorts,
): Promise<void> {
  const assignments = effects.filter((effect) => effect.type === 'assign');
  if (assignments.length === 0) return;
  const { clock, queues } = ports;
  const byName = new Map(agents.map((agent) => [agent.name, agent]));
  const assignment = createAssigner(state, evaluations, ports, clock.now());
  const inboxes = new Map<string, { size: number; alone: string[]; together: string[] }>();
  for (const { agent: name, lane, task, id } of assignments) {
    const agent = byName.get(name);
    // The agent was taken out of the registry since: its attempt times out and another is chosen.
    if (!agent) continue;
    const url = agent.inbox[lane];
    const inbox = inboxes.get(url) ?? { size: tasksPerMessage(state, agent), alone: [], together: [] };
    inboxes.set(url, inbox);
    const body = await encodeMessage(await assignment(task, name, id), ports, confidentialTo(agent));
    (mayTravelPacked(taskAt(state, task), agent) ? inbox.together : inbox.alone).push(body);
  }
  const groupId = state.request.tenant;
  await Promise.all(
    [...inboxes].map(([url, { size, alone, together }]) =>
      queues.send(
        url,
        [...alone, ...packBodies(together, size)].map((body) => ({ body, groupId })),
      ),
    ),
  );
}

async function keepTime(
  state: RunState,
  effects: readonly Effect[],
  seq: number | undefined,
  ports: CoordinatorPorts,
): Promise<void> {
  const wakes = effects.flatMap((effect) => (effect.type === 'wake_at' ? [effect.at] : []));
  if (wakes.length === 0) return;
  const at = Math.min(...wakes);
  const delay = Math.max(0, at - ports.clock.now());
  if (delay > LONGEST_TIMER_MS) {
    await ports.runs.setWake(state.runId, at - SWEEP_AHEAD_MS, seq);
    return;
  }
  await ports.runs.setWake(state.runId, at + SWEEP_GRACE_MS, seq);
  const body = await wakeMessage(state, at, ports);
  await ports.queues.send(ports.timersQueue, [{ body, delaySeconds: Math.ceil(delay / 1_000) }]);
}

/** A message that makes the coordinator look at this run again. */
export async function wakeMessage(state: RunState, due: number, ports: CoordinatorPorts): Promise<string> {
  const header = headerOf(state, 'wake_run', ports);
  return encodeMessage({ header, payload: { run_id: state.runId, due } }, ports);
}

async function rememberResults(state: RunState, effects: readonly Effect[], ports: CoordinatorPorts): Promise<void> {
  for (const effect of effects) {
    if (effect.type !== 'remember_result') continue;
    const { definition, result } = taskAt(state, effect.task);
    if (!result) continue;
    await ports.resultCache.put(
      state.request.tenant,
      state.definition.name,
      definition.id,
      result,
      taskAt(state, effect.task).since,
    );
  }
}

async function announce(
  state: RunState,
  effects: readonly Effect[],
  seq: number | undefined,
  ports: CoordinatorPorts,
): Promise<void> {
  const { bus, runs, lifecycle, blobs } = ports;
  const events: Array<{ id: string; event: BusEvent }> = [];
  for (const effect of effects) {
    if (effect.type === 'publish') events.push({ id: effect.id, event: effect.event });
    if (effect.type === 'publish_outcome') events.push({ id: effect.id, event: await outcomeEvent(state, blobs) });
  }
  if (events.length > 0)
    await bus.publish(
      PLATFORM_SOURCE,
      events.map(({ event }) => event),
    );
  tellCosts(state, effects, ports);
  await answerParent(state, effects, ports);
  const reopened = effects.findLast((effect) => effect.type === 'mark_reopened');
  if (reopened) await runs.reopen(state.runId, reopened.at);
  await countOpen(state, effects, ports);
  if (effects.some((effect) => effect.type === 'mark_ended')) {
    const error = state.phase === 'completed' ? undefined : failureOf(state);
    await runs.setStatus(state.runId, endStatus(state), state.endedAt ?? 0, error);
    // One that is late here must not take away what has been set since the run was taken up again.
    await runs.setWake(state.runId, undefined, seq);
  } else if (effects.some((effect) => effect.type === 'mark_started') && !hasEnded(state)) {
    await runs.setStatus(state.runId, 'running', state.startedAt);
  }
  // After the status: whoever begins to follow now, and is not told, reads there that it has ended.
  await tellStream(state, events, ports);
  for (const effect of effects) {
    if (effect.type === 'release_token')
      await lifecycle.succeed(effect.token, { run_id: state.runId, status: 'paused' });
    if (effect.type !== 'answer_token') continue;
    if (state.phase === 'completed') await lifecycle.succeed(effect.token, tokenOutput(state));
    else await lifecycle.fail(effect.token, failureOf(state));
  }
}

function endStatus(state: RunState): 'completed' | 'failed' | 'cancelled' {
  return state.phase === 'completed' || state.phase === 'cancelled' ? state.phase : 'failed';
}
