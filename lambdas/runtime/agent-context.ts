import { agentSource } from '../contracts/bus-events.ts';
import type { Header } from '../contracts/envelope.ts';
import { DataError } from '../contracts/errors.ts';
import type { Json } from '../contracts/json.ts';
import type { TaskAssignment } from '../contracts/messages.ts';
import type { TaskDefinition } from '../contracts/workflow-definition.ts';
import type { Agent, AgentContext } from './agent.ts';
import type { AgentPorts } from './agent-ports.ts';
import { openUpstream } from './open-upstream.ts';
import { parametersOf } from './parameters.ts';
import { createReach } from './reach.ts';
import type { WorkState } from './work-state.ts';

const PROGRESS_EVERY_MS = 1_000;

/** The context of one attempt at one task, the tasks it adds, and what must be closed afterwards. */
export function createContext(
  agent: Agent,
  header: Header,
  assignment: TaskAssignment,
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

  const context: AgentContext = {
    ...createReach(agent.manifest, header.tenant, ports),
    parameters: parametersOf(agent.manifest, assignment),
    runId,
    taskId: task.task_id,
    tenant: header.tenant,
    attempt,
    correlationId: header.correlation_id,
    logger,
    clock,
    signal: abort.signal,
    deadline,
    upstream,
    progress(fraction, step) {
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
      };
      const sent = ports.bus.publish(source, [{ name: 'task_progress', detail }]);
      published.push(sent.catch((error: unknown) => logger.warn('progress could not be published', { error })));
    },
    heartbeat: () => work.heartbeat.renew(),
    addTasks: (tasks) => void added.push(...tasks),
  };
  const close = async (): Promise<void> => {
    cancelTimer();
    await Promise.all(published);
  };
  return { context, added, close };
}

function withFields(logger: AgentContext['logger'], fields: Record<string, unknown>): AgentContext['logger'] {
  return {
    debug: (message, more) => logger.debug(message, { ...fields, ...more }),
    info: (message, more) => logger.info(message, { ...fields, ...more }),
    warn: (message, more) => logger.warn(message, { ...fields, ...more }),
    error: (message, more) => logger.error(message, { ...fields, ...more }),
  };
}
