import * as z from 'zod';
import { DataError, issuesOf } from '../../contracts/errors.ts';

/** What CloudFormation sends for a custom resource, as far as the registrar reads it. */
export const ResourceEvent = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.url({ protocol: /^https?$/ }),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: z.unknown(),
});
export type ResourceEvent = z.infer<typeof ResourceEvent>;

const Properties = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('agent'), registration: z.string() }),
  z.object({ kind: z.literal('workflow'), definition: z.string() }),
]);

export type Registration =
  | { readonly kind: 'agent'; readonly document: unknown }
  | { readonly kind: 'workflow'; readonly document: unknown };

/** What a resource wants registered. @throws DataError `invalid_properties` */
export function readProperties(event: ResourceEvent): Registration {
  const properties = Properties.safeParse(event.ResourceProperties);
  if (!properties.success) throw invalid(issuesOf(properties.error));
  const { kind } = properties.data;
  const text = properties.data.kind === 'agent' ? properties.data.registration : properties.data.definition;
  try {
    return { kind, document: JSON.parse(text) };
  } catch {
    throw invalid(`${kind === 'agent' ? 'registration' : 'definition'} is not JSON`);
  }
}

function invalid(reason: string): DataError {
  return new DataError('invalid_properties', `the resource's properties are wrong: ${reason}`);
}
