import * as z from 'zod';
import { ofType, type Resource } from './synthesize.ts';

const oneOrMore = <T extends z.ZodType>(schema: T) =>
  z.union([schema, z.array(schema)]).transform((value) => [value].flat() as Array<z.output<T>>);
const Statement = z.looseObject({
  Effect: z.string(),
  Action: oneOrMore(z.string()),
  Resource: oneOrMore(z.unknown()).optional(),
  Condition: z.unknown().optional(),
});
const Policy = z.looseObject({
  PolicyDocument: z.object({ Statement: z.array(Statement) }),
  Roles: z.array(z.unknown()).default([]),
});

/** One thing that is allowed: an action on a resource. */
export interface Grant {
  readonly action: string;
  readonly resource: unknown;
  readonly condition: unknown;
}

/** What policies of a type allow, one grant per action and resource. */
export function grantsOf(properties: unknown): Grant[] {
  const { Statement: statements } = Policy.parse(properties).PolicyDocument;
  return statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource: on = [], Condition }) =>
      Action.flatMap((action) => on.map((resource) => ({ action, resource, condition: Condition }))),
    );
}

/** What all policies allow the roles whose logical id starts with `prefix`. */
export function grantsOfRole(resources: Iterable<readonly [string, Resource]>, prefix: string): Grant[] {
  return ofType(resources, 'AWS::IAM::Policy').flatMap(([, properties]) =>
    Policy.parse(properties).Roles.some((role) => JSON.stringify(role).includes(`"${prefix}`))
      ? grantsOf(properties)
      : [],
  );
}

/** `sqs:SendMessage on SampleGreedyExpress` and the like: logical ids without CDK's hashes, in order. */
export function readable(grants: readonly Grant[]): string[] {
  return [...new Set(grants.map(({ action, resource }) => `${action} on ${nameOf(resource)}`))].sort();
}

function nameOf(resource: unknown): string {
  const text = JSON.stringify(resource);
  const secret = /:secret:([^"]+)/.exec(text)?.[1];
  if (secret) return `secret ${secret}`;
  const id =
    /"(?:Fn::GetAtt":\["|Fn::ImportValue":"[^"]*?(?:FnGetAtt|Ref))(\w+?)(?:Queue|Bucket|Table|Bus|Log)?[0-9A-F]{8}/.exec(
      text,
    )?.[1];
  return `${id ?? text}${text.includes('/*') ? '/*' : ''}`;
}
