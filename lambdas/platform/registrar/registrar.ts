import { DataError } from '../../contracts/errors.ts';
import type { Logger } from '../../runtime/ports.ts';
import { type AgentPorts, registerAgent, removeAgent } from './register-agent.ts';
import { registerWorkflow, type WorkflowPorts } from './register-workflow.ts';
import { ResourceEvent, readProperties } from './resource-event.ts';

export interface RegistrarPorts {
  readonly registry: AgentPorts['registry'] & WorkflowPorts['registry'];
  readonly writer: AgentPorts['writer'] & WorkflowPorts['writer'];
  readonly expressions: WorkflowPorts['expressions'];
  readonly logger: Logger;
  /** Brings CloudFormation its answer. */
  readonly answer: (url: string, body: string) => Promise<void>;
}

interface Outcome {
  readonly physicalId: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** CloudFormation takes 4,096 bytes in all. */
const LONGEST_REASON = 1_000;

/**
 * The custom resource behind which agents and workflows become known: whatever happens, CloudFormation gets an answer,
 * for without one it waits for an hour. A resource's physical id is its agent's or workflow's name, so a new name is a
 * replacement. Definitions stay when their resource goes: runs and requests may still name them.
 * @throws only when the event names no place to answer to, or CloudFormation can't be reached
 */
export async function serveResource(input: unknown, ports: RegistrarPorts): Promise<void> {
  const event = ResourceEvent.parse(input);
  const { StackId, RequestId, LogicalResourceId } = event;
  const about = { request: event.RequestType, resource: LogicalResourceId };
  let answer: object;
  try {
    const { physicalId, data } =
      event.RequestType === 'Delete' ? await remove(event, ports) : await register(event, ports);
    answer = { Status: 'SUCCESS', PhysicalResourceId: physicalId, Data: data ?? {} };
    ports.logger.info('registry changed', { ...about, id: physicalId, ...data });
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_REASON);
    answer = { Status: 'FAILED', Reason: reason, PhysicalResourceId: failedId(event) };
    ports.logger.error('registration failed', { ...about, error });
  }
  await ports.answer(event.ResponseURL, JSON.stringify({ ...answer, StackId, RequestId, LogicalResourceId }));
}

async function register(event: ResourceEvent, ports: RegistrarPorts): Promise<Outcome> {
  const { kind, document } = readProperties(event);
  if (kind === 'agent') {
    const { name, version } = await registerAgent(document, ports);
    return { physicalId: `agent/${name}`, data: { Name: name, Version: version } };
  }
  const { name, version } = await registerWorkflow(document, ports);
  return { physicalId: `workflow/${name}`, data: { Name: name, Version: String(version) } };
}

/** Removes only what this id stands for; an id of a registration that failed stands for nothing. */
async function remove(event: ResourceEvent, ports: RegistrarPorts): Promise<Outcome> {
  const physicalId = failedId(event);
  const name = /^agent\/(.+)$/.exec(physicalId)?.[1];
  if (name === undefined) return { physicalId };
  try {
    const removed = await removeAgent(name, readProperties(event).document, ports);
    return { physicalId, data: { Removed: String(removed) } };
  } catch (error) {
    // Properties that can't be read were never registered: a stack must not hang on them.
    if (error instanceof DataError) return { physicalId };
    throw error;
  }
}

/** A resource that has no id yet gets one under which nothing is registered. */
function failedId(event: ResourceEvent): string {
  return event.PhysicalResourceId ?? `unregistered/${event.LogicalResourceId}`;
}
