import * as fc from 'fast-check';
import { dynamoRegistry, dynamoRegistryWriter } from '../../../../lambdas/adapters/aws/dynamo-registry.ts';
import { virtualWorld } from '../../../../lambdas/adapters/memory/memory-world.ts';
import { systemClock } from '../../../../lambdas/adapters/system.ts';
import { AGENT_STATES, type AgentHealth, type AgentState } from '../../../../lambdas/contracts/health.ts';
import type { AgentStats } from '../../../../lambdas/contracts/messages.ts';
import type { AgentLoad, AgentRegistration } from '../../../../lambdas/contracts/registry.ts';
import type { WorkflowDefinition } from '../../../../lambdas/contracts/workflow-definition.ts';
import type { Registry, RegistryWriter } from '../../../../lambdas/runtime/ports.ts';
import { registeredAgent, task, workflow } from '../../factories.ts';
import { pairOf } from '../answers.ts';
import type { LocalServices } from '../local-services.ts';
import { type Conformance, calls } from '../operations.ts';
import { agentName, moment, someText, workflowName } from '../words.ts';

const agent: fc.Arbitrary<AgentRegistration> = fc
  .tuple(agentName, fc.constantFrom('1.0.0', '2.1.0'), someText, fc.option(fc.constant('AROA1'), { nil: undefined }))
  .map(([name, version, description, role]) =>
    registeredAgent({ name, version, description, ...(role && { role_id: role }) }),
  );

const load: fc.Arbitrary<Pick<AgentLoad, 'queue_depth' | 'measured_at' | 'exceeded'>> = fc.record(
  {
    queue_depth: fc.integer({ min: 0, max: 200 }),
    measured_at: moment,
    exceeded: fc.uniqueArray(fc.constantFrom('queue_depth', 'error_rate', 'avg_processing_time')),
  },
  { requiredKeys: ['queue_depth', 'measured_at'], noNullPrototype: true },
);

const stats: fc.Arbitrary<AgentStats> = fc.record(
  {
    messages_processed: fc.nat({ max: 500 }),
    errors_count: fc.nat({ max: 5 }),
    avg_processing_time: fc.constantFrom(0, 0.5, 12.75),
    last_activity: moment.map((at) => new Date(at).toISOString()),
    ewma_success: fc.constantFrom(0, 0.9, 1),
  },
  {
    requiredKeys: ['messages_processed', 'errors_count', 'avg_processing_time', 'last_activity'],
    noNullPrototype: true,
  },
);

const states = Object.keys(AGENT_STATES) as AgentState[];
const health = (agent_id: string): fc.Arbitrary<AgentHealth> =>
  fc.record(
    {
      agent_id: fc.constant(agent_id),
      state: fc.constantFrom(...states),
      is_healthy: fc.boolean(),
      issues: fc.array(fc.constantFrom('High error rate', 'Message queue overload'), { maxLength: 2 }),
      since: moment,
      set_by: fc.constantFrom('kim', 'monitor'),
      reason: fc.oneof(fc.string({ maxLength: 20 }), fc.constant('the field "set_by": is not one')),
    },
    { requiredKeys: ['agent_id', 'state', 'is_healthy', 'issues', 'since'], noNullPrototype: true },
  );
const aboutHealth = agentName.chain((name) => fc.tuple(fc.constant(name), health(name), fc.boolean()));

const version = fc.integer({ min: 1, max: 3 });
const definition: fc.Arbitrary<WorkflowDefinition> = fc
  .tuple(workflowName, version, fc.constantFrom('once', 'once', 'changed'))
  .map(([name, number, description]) => workflow([task('only', { description })], { name, version: number }));

/** Agents come, go and are measured, heard and judged; definitions are registered, changed and read by version. */
export function registryConformance(services: LocalServices): Conformance<Registry & RegistryWriter> {
  return {
    name: 'registry',
    operation: fc.oneof(
      { weight: 4, arbitrary: calls('registerAgent', fc.tuple(agent)) },
      { weight: 1, arbitrary: calls('removeAgent', fc.tuple(agentName)) },
      { weight: 3, arbitrary: calls('recordLoad', fc.tuple(agentName, load)) },
      { weight: 2, arbitrary: calls('recordStats', fc.tuple(agentName, stats)) },
      { weight: 4, arbitrary: calls('recordHealth', aboutHealth) },
      { weight: 4, arbitrary: calls('agents', fc.constant<[]>([])) },
      { weight: 3, arbitrary: calls('registerDefinition', fc.tuple(definition)) },
      { weight: 2, arbitrary: calls('definition', fc.tuple(workflowName, version)) },
      { weight: 1, arbitrary: calls('definition', fc.tuple(workflowName)) },
      { weight: 2, arbitrary: calls('definitions', fc.constant<[]>([])) },
    ),
    open: async () => {
      const { table, drop } = await services.registryTable();
      const { dynamo, blobs } = services;
      // Each reads with a cache of its own, which holds nothing yet.
      const fresh = (): Registry => dynamoRegistry(dynamo, table, blobs, systemClock);
      const cloud: Registry & RegistryWriter = {
        ...dynamoRegistryWriter(dynamo, table, blobs),
        agents: () => fresh().agents(),
        definition: (...given) => fresh().definition(...given),
        definitions: () => fresh().definitions(),
      };
      return pairOf(virtualWorld().registry, cloud, drop);
    },
  };
}
