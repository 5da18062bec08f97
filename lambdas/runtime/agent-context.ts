import { agentSource } from '../contracts/bus-sources.ts';
import type { Header } from '../contracts/envelope.ts';
import { DataError } from '../contracts/errors.ts';
import type { Json } from '../contracts/json.ts';
import type { TaskAssignment } from '../contracts/messages.ts';
import type { TaskDefinition } from '../contracts/workflow-definition.ts';
import type { Agent, AgentContext } from './agent.ts';
import type { AgentPorts } from './agent-ports.ts';
import { type Attempt, openAbilities } from './open-abilities.ts';
import { openUpstream } from './open-upstream.ts';
import { parametersOf } from './parameters.ts';
import type { QueueRecord } from './queue-record.ts';
import { createReach } from './reach.ts';
import type { WorkState } from './work-state.ts';

const PROGRESS_EVERY_MS = 1_000;

/** The context of one attempt at one task, its abilities, the tasks it adds, and what must be closed afterwards. */
export function createContext(
  agent: Agent,
  header: Header,
  assignment: TaskAssignment,
  record: QueueRecord,
  deadline: number,
  ports: AgentPorts,
  work: WorkState,
) {
  const { clock } = ports;
  const source = agentSource(agent.manifest.name);
  const { run_id: runId, task } = assignment;
  const attempt = header.attempt ?? 1;
  const logger = withFields(ports.logger, {
    run_id: runId,
    task_id: task.task_id,
    attempt,
    correlation_id: header.correlation_id,
  });
  const added: TaskDefinition[] = [];
  const abort = new AbortController();
  const cancelTimer = clock.after(Math.max(0, deadline - clock.now()), () => abort.abort());
  const published: Array<Promise<void>> = [];
  let lastProgress = Number.NEGATIVE_INFINITY;
  let results: Promise<Record<string, Json>> | undefined;

  const upstream = (async (taskId?: string) => {
    results ??= openUpstream(assignment, ports.blobs);
    const all = await results;
    if (taskId === undefined) return all;
    const result = Object.hasOwn(all, taskId) ? all[taskId] : undefined;
    if (result === undefined)
      throw new DataError('no_such_upstream', `${task.task_id} does not depend on ${taskId}; name it in dependsOn`);
    return result;
  }) as AgentContext['upstream'];

  const reach = createReach(agent.manifest, header.tenant, ports);
  const known = {
    ...{ runId, taskId: task.task_id, tenant: header.tenant, attempt, correlationId: header.correlation_id },
    ...{ logger, clock, signal: abort.signal, deadline, blobs: reach.blobs },
  };
  const abilities = openAbilities(
    ports.abilities ?? {},
    {
      ...known,
      ...attemptOf(agent.manifest, assignment, clock.now()),
      ids: ports.ids,
      isFirst: attempt === 1 && record.receiveCount === 1,
    },
    reach,
  );
  const context: AgentContext = {
    ...reach,
    ...abilities.context,
    ...known,
    parameters: parametersOf(agent.manifest, assignment),
    upstream,
    progress(fraction, step, partialResult) {
      if (clock.now() - lastProgress < PROGRESS_EVERY_MS) return;
      lastProgress = clock.now();
      const detail = {
        workflow_id: runId,
        tenant: header.tenant,
        task_id: task.task_id,
        agent: agent.manifest.name,
        attempt,
        at: new Date(clock.now()).toISOString(),
        progress: Math.min(1, Math.max(0, fraction)),
        current_step: step.slice(0, 500),
        ...(partialResult !== undefined && isSmall(partialResult) && { partial_result: partialResult }),
      };
      const sent = ports.bus.publish(source, [{ name: 'task_progress', detail }]);
      published.push(sent.catch((error: unknown) => logger.warn('progress could not be published', { error })));
    },
    heartbeat: () => work.heartbeat.renew(),
    addTasks: (tasks) => void added.push(...tasks),
    token: (audience) => ports.messageSecurity.token(header.tenant, audience),
  };
  return {
    ...{ context, abilities, added },
    /** Tells what is still at work that nobody waits for it any more. */
    abandon: (): void => abort.abort(),
    async close(): Promise<void> {
      cancelTimer();
      await Promise.all(published);
    },
  };
}

/** Events are billed by 64 KB and shown to people: what is larger is a result, not a sign of progress. */
const isSmall = (value: Json): boolean => JSON.stringify(value).length <= 16 * 1_024;

/** What abilities are told of the attempt beyond what its context says. */
function attemptOf(
  manifest: Agent['manifest'],
  {
    run_id,
    task,
    epoch = 1,
    answers,
    answers_ref,
    budgets = [],
    run_deadline = 0,
    recorded_in,
    memory_pass,
  }: TaskAssignment,
  now: number,
): Pick<
  Attempt,
  'manifest' | 'taskType' | 'epoch' | 'budgets' | 'keepUntil' | 'answers' | 'answers_ref' | 'recordedIn' | 'memoryPass'
> {
  const id = `${run_id}/${task.task_id}@${manifest.name}`;
  // A coordinator that knows this manifest has named it already.
  const own = budgets.some((known) => known.id === id) ? [] : [{ id, budget: manifest.budget, since: now, depth: 0 }];
  return {
    ...{ manifest, taskType: task.task_type, epoch, budgets: [...budgets, ...own], answers, answers_ref },
    keepUntil: Math.max(now, run_deadline),
    recordedIn: recorded_in,
    memoryPass: memory_pass,
  };
}

function withFields(logger: AgentContext['logger'], fields: Record<string, unknown>): AgentContext['logger'] {
  return {
    debug: (message, more) => logger.debug(message, { ...fields, ...more }),
    info: (message, more) => logger.info(message, { ...fields, ...more }),
    warn: (message, more) => logger.warn(message, { ...fields, ...more }),
    error: (message, more) => logger.error(message, { ...fields, ...more }),
  };
}
