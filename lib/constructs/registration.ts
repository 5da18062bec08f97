import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { IEventSourceMapping, IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { isBounded } from '../../lambdas/contracts/budget.ts';
import type { Manifest } from '../../lambdas/contracts/manifest.ts';
import { inputSchemaOf, registeredParameters } from '../../lambdas/contracts/registered-schemas.ts';
import { AgentRegistration } from '../../lambdas/contracts/registry.ts';
import type { WorkflowDefinition } from '../../lambdas/contracts/workflow-definition.ts';
import { typeNames } from './type-names.ts';

/** How long CloudFormation waits for the registrar. Its own default is an hour. */
const TIMEOUT = Duration.minutes(2);

export interface AgentRegistrationProps {
  readonly registrar: IFunction;
  readonly manifest: Manifest;
  readonly system: string;
  /** Queue URLs. */
  readonly inbox: AgentRegistration['inbox'];
  readonly role: Role;
  /** Tasks that a lane works on at once; undefined when its tasks may not share messages. */
  readonly capacity: number | undefined;
  readonly sources: readonly IEventSourceMapping[];
}

/** Makes an agent known to the coordinator; removes it when it goes. */
export class RegisteredAgent extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { registrar, manifest, system, inbox, role, capacity, sources }: AgentRegistrationProps,
  ) {
    super(scope, id);
    const { name, version, description, roles, retry, effects, health, breaker, budget, uses } = manifest;
    const { strategy, ...selection } = manifest.selection;
    const capabilities = Object.fromEntries(
      Object.entries(manifest.capabilities).map(([type, capability]) => {
        const { description: what, input, output } = capability;
        const input_schema = inputSchemaOf(capability);
        const types = { input_types: typeNames(input), output_types: typeNames(output) };
        return [type, { description: what, ...types, ...(input_schema && { input_schema }) }];
      }),
    );
    const parameters = registeredParameters(manifest);
    const registration: AgentRegistration = {
      name,
      version,
      description,
      system,
      capabilities,
      inbox,
      role_id: role.roleId,
      sources: sources.map(({ eventSourceMappingId }) => eventSourceMappingId),
      ...(roles.length > 0 && { roles }),
      retry,
      effects,
      ...(capacity !== undefined && { capacity }),
      health,
      breaker,
      selection: { ...selection, ...(strategy && { strategy }) },
      ...(parameters && { parameters }),
      ...(isBounded(budget) && { budget }),
      ...(Object.keys(uses.memory).length > 0 && { memory: uses.memory }),
      ...(manifest.confidential && { confidential: true }),
    };
    new CustomResource(this, 'Resource', {
      serviceToken: registrar.functionArn,
      resourceType: 'Custom::MusterAgent',
      serviceTimeout: TIMEOUT,
      properties: {
        kind: 'agent',
        registration: Stack.of(this).toJsonString(AgentRegistration.parse(registration)),
      },
    });
  }
}

export interface RegisteredWorkflowProps {
  readonly registrar: IFunction;
  readonly definition: WorkflowDefinition;
}

/** Makes a workflow definition known to intake. */
export class RegisteredWorkflow extends Construct {
  constructor(scope: Construct, id: string, { registrar, definition }: RegisteredWorkflowProps) {
    super(scope, id);
    new CustomResource(this, 'Resource', {
      serviceToken: registrar.functionArn,
      resourceType: 'Custom::MusterWorkflow',
      serviceTimeout: TIMEOUT,
      properties: { kind: 'workflow', definition: JSON.stringify(definition) },
    });
  }
}
