import * as fc from 'fast-check';
import { dynamoHolds } from '../../../../lambdas/adapters/aws/dynamo-holds.ts';
import { dynamoParameters } from '../../../../lambdas/adapters/aws/dynamo-parameters.ts';
import { dynamoRegistry, dynamoRegistryWriter } from '../../../../lambdas/adapters/aws/dynamo-registry.ts';
import { virtualWorld } from '../../../../lambdas/adapters/memory/memory-world.ts';
import { systemClock } from '../../../../lambdas/adapters/system.ts';
import type { AgentParameters, Hold } from '../../../../lambdas/contracts/control.ts';
import type { Holds, ParameterStore, Registry, RegistryWriter } from '../../../../lambdas/runtime/ports.ts';
import { registeredAgent } from '../../factories.ts';
import { pairOf } from '../answers.ts';
import type { LocalServices } from '../local-services.ts';
import { type Conformance, calls } from '../operations.ts';
import { agentName, json, moment, tenant } from '../words.ts';

const by = fc.constantFrom('ada', 'kim');
const hold: fc.Arbitrary<Hold> = fc.record(
  { action: fc.constantFrom('pause', 'drain'), by, reason: fc.constantFrom('', 'the disk is full ☂'), at: moment },
  { noNullPrototype: true },
);

/** Tenants held and let go, in any order of time. */
export function holdsConformance(services: LocalServices): Conformance<Holds> {
  const scope = fc.oneof(tenant, fc.constant('*'));
  return {
    name: 'holds',
    operation: fc.oneof(
      { weight: 3, arbitrary: calls('set', fc.tuple(scope, fc.option(hold, { nil: undefined }), moment)) },
      { weight: 2, arbitrary: calls('read', fc.constant<[]>([])) },
    ),
    longest: 30,
    open: async () => {
      const { table, drop } = await services.registryTable();
      // Each reads with a cache of its own, which holds nothing yet.
      const fresh = (): Holds => dynamoHolds(services.dynamo, table, systemClock);
      const cloud: Holds = { read: () => fresh().read(), set: (...given) => fresh().set(...given) };
      return pairOf(virtualWorld().holds, cloud, drop);
    },
  };
}

const parameters: fc.Arbitrary<AgentParameters> = fc.record(
  {
    version: fc.integer({ min: 1, max: 4 }),
    values: fc.dictionary(fc.constantFrom('rows', 'model'), json, { maxKeys: 2, noNullPrototype: true }),
    set_by: by,
    reason: fc.constantFrom('', 'less at once'),
    at: moment,
  },
  { noNullPrototype: true },
);

type Parameters = ParameterStore & Pick<Registry, 'agents'> & Pick<RegistryWriter, 'registerAgent'>;

/** Versions written once, again and against each other; read back with the agents that they are of. */
export function parametersConformance(services: LocalServices): Conformance<Parameters> {
  const agent = agentName.map((name) => registeredAgent({ name }));
  return {
    name: 'parameters',
    operation: fc.oneof(
      { weight: 4, arbitrary: calls('put', fc.tuple(agentName, parameters)) },
      { weight: 2, arbitrary: calls('history', fc.tuple(agentName, fc.integer({ min: 1, max: 3 }))) },
      { weight: 2, arbitrary: calls('agents', fc.constant<[]>([])) },
      { weight: 1, arbitrary: calls('registerAgent', fc.tuple(agent)) },
    ),
    longest: 30,
    open: async () => {
      const { table, drop } = await services.registryTable();
      const { dynamo, blobs } = services;
      const { registry, parameters: kept } = virtualWorld();
      const memory: Parameters = { ...kept, agents: registry.agents, registerAgent: registry.registerAgent };
      const cloud: Parameters = {
        ...dynamoParameters(dynamo, table),
        agents: () => dynamoRegistry(dynamo, table, blobs, systemClock).agents(),
        registerAgent: dynamoRegistryWriter(dynamo, table, blobs).registerAgent,
      };
      return pairOf(memory, cloud, drop);
    },
  };
}
