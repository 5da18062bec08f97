import * as z from 'zod';
import type { StackTemplate, Templates } from '../support/templates.ts';
import { type Place, type Reader, readersOf } from './references.ts';

/** What somebody may do, a line each: `dynamodb:GetItem on StoresState when …`. */
export type Rights = ReadonlyMap<string, ReadonlySet<string>>;
/** What one resource of a template gives, and to whom. */
type Given = ReadonlyArray<readonly [who: string, lines: readonly string[]]>;
type Resource = StackTemplate['Resources'][string];

const oneOrMore = <T extends z.ZodType>(schema: T) =>
  z.union([z.array(schema), schema]).transform((value): Array<z.output<T>> => [value].flat() as Array<z.output<T>>);

/** Strict: what is not here, such as NotAction, is an error and not overlooked. */
const Statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore(z.string()),
  Resource: oneOrMore(z.unknown()).optional(),
  Principal: z.union([z.string(), z.record(z.string(), oneOrMore(z.unknown()))]).optional(),
  Condition: z.record(z.string(), z.record(z.string(), oneOrMore(z.unknown()))).optional(),
});
type Statement = z.infer<typeof Statement>;
const Document = z.strictObject({ Version: z.literal('2012-10-17'), Statement: z.array(Statement) });

const Role = z.strictObject({
  AssumeRolePolicyDocument: Document,
  ManagedPolicyArns: z.array(z.unknown()).default([]),
  Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: Document })).default([]),
  Description: z.string().optional(),
  Tags: z.unknown().optional(),
});
const Policy = z.strictObject({ PolicyDocument: Document, PolicyName: z.string(), Roles: z.array(z.unknown()) });
const ResourcePolicy = {
  'AWS::SQS::QueuePolicy': z.strictObject({ PolicyDocument: Document, Queues: z.array(z.unknown()) }),
  'AWS::SNS::TopicPolicy': z.strictObject({ PolicyDocument: Document, Topics: z.array(z.unknown()) }),
  'AWS::S3::BucketPolicy': z.strictObject({ PolicyDocument: Document, Bucket: z.unknown() }),
} as const;
const Permission = z.strictObject({
  Action: z.string(),
  FunctionName: z.unknown(),
  Principal: z.string(),
  SourceArn: z.unknown().optional(),
});
const Route = z.strictObject({
  ApiId: z.unknown(),
  RouteKey: z.string(),
  AuthorizationType: z.string(),
  Target: z.unknown(),
});
const Key = z.looseObject({ KeyPolicy: Document });
const Code = z.looseObject({ Role: z.unknown() });
const Table = z.looseObject({ ResourcePolicy: z.undefined().optional() });

/** Types that give rights in a way that nobody reads here. Whoever comes to need one writes its reader. */
const UNREAD =
  /^AWS::(IAM::(?!Role$|Policy$)|Lambda::(Url|LayerVersionPermission)$|S3::(AccessPoint|AccessGrant)|KMS::(?!Key$|Alias$)|Events::EventBusPolicy|SecretsManager::ResourcePolicy|SQS::QueueInlinePolicy|SNS::TopicInlinePolicy|RAM::|Cognito|ApiGateway::|ApiGatewayV2::Authorizer)/;

/** Who may do what in these templates, or in some that differ from them in their resources alone. */
export function rightsReader(templates: Templates, place: Place): (templates: Templates) => Rights {
  const readers = readersOf(templates, place);
  const reads = new Map(Object.keys(templates).map((stack) => [stack, readers(stack)]));
  const known = new WeakMap<object, Given>();
  return (some) => rightsIn(some, (stack) => reads.get(stack) ?? readers(stack), known);
}

/**
 * Who may do what: roles by their own policies, `policy of X` by those of things.
 * @param known what resources gave that were read before
 * @throws Error for whatever could give a right and is not understood
 */
function rightsIn(templates: Templates, reads: (stack: string) => Reader, known: WeakMap<object, Given>): Rights {
  const rights = new Map<string, Set<string>>();
  for (const [stack, { Resources }] of Object.entries(templates))
    for (const [id, resource] of Object.entries(Resources)) {
      const given = known.get(resource) ?? givenBy(id, resource, reads(stack));
      known.set(resource, given);
      for (const [who, lines] of given) {
        const all = rights.get(who) ?? new Set();
        for (const line of lines) all.add(line);
        if (lines.length > 0) rights.set(who, all);
      }
    }
  return rights;
}

function givenBy(id: string, { Type, Properties }: Resource, read: Reader): Given {
  const name = read.nameOf(id);
  if (UNREAD.test(Type)) throw new Error(`${id} is of type ${Type}, which gives rights that nobody checks`);
  switch (Type) {
    case 'AWS::IAM::Role': {
      const { AssumeRolePolicyDocument, ManagedPolicyArns, Policies } = Role.parse(Properties);
      return [
        [name, linesOf(AssumeRolePolicyDocument, read)],
        [name, ManagedPolicyArns.map((arn) => `has ${policyName(arn, read)}`)],
        ...Policies.map(({ PolicyDocument }) => [name, linesOf(PolicyDocument, read)] as const),
      ];
    }
    case 'AWS::IAM::Policy': {
      const { Roles, PolicyDocument } = Policy.parse(Properties);
      return Roles.map((role) => [read(role), linesOf(PolicyDocument, read)] as const);
    }
    case 'AWS::Lambda::Permission': {
      const { Action, FunctionName, Principal, SourceArn } = Permission.parse(Properties);
      const by = SourceArn === undefined ? '' : ` for ${read(SourceArn)}`;
      return [[`callers of ${read(FunctionName)}`, [`${Principal} may ${Action}${by}`]]];
    }
    case 'AWS::Lambda::Function':
      return [[`code of ${name}`, [`runs as ${read(Code.parse(Properties).Role)}`]]];
    case 'AWS::ApiGatewayV2::Route': {
      const { ApiId, RouteKey, AuthorizationType, Target } = Route.parse(Properties);
      return [[`internet to ${read(ApiId)}`, [`${RouteKey} by ${AuthorizationType} to ${read(Target)}`]]];
    }
    case 'AWS::DynamoDB::Table':
      Table.parse(Properties);
      return [];
    case 'AWS::KMS::Key':
      return [[`policy of ${name}`, linesOf(Key.parse(Properties).KeyPolicy, read, name)]];
    case 'AWS::SQS::QueuePolicy': {
      const { Queues, PolicyDocument } = ResourcePolicy[Type].parse(Properties);
      return Queues.map((queue) => [`policy of ${read(queue)}`, linesOf(PolicyDocument, read, read(queue))] as const);
    }
    case 'AWS::SNS::TopicPolicy': {
      const { Topics, PolicyDocument } = ResourcePolicy[Type].parse(Properties);
      return Topics.map((topic) => [`policy of ${read(topic)}`, linesOf(PolicyDocument, read, read(topic))] as const);
    }
    case 'AWS::S3::BucketPolicy': {
      const { Bucket, PolicyDocument } = ResourcePolicy[Type].parse(Properties);
      return [[`policy of ${read(Bucket)}`, linesOf(PolicyDocument, read, read(Bucket))]];
    }
    default:
      return [];
  }
}

const linesOf = ({ Statement: all }: z.infer<typeof Document>, read: Reader, self = ''): string[] =>
  all.flatMap((statement) => linesOfStatement(statement, read, self));

function linesOfStatement(statement: Statement, read: Reader, self: string): string[] {
  const { Effect, Action, Resource = [], Principal, Condition } = statement;
  const not = Effect === 'Deny' ? 'never: ' : '';
  const who = Principal === undefined ? '' : `${principalsOf(Principal, read)} may `;
  const when = Condition === undefined ? '' : ` when ${conditionOf(Condition, read)}`;
  // The policy of a role says who may be it, and so names no resource.
  const on = Resource.length === 0 ? [''] : Resource.map((one) => ` on ${itself(read(one), self)}`);
  return Action.flatMap((action) => on.map((resource) => `${not}${who}${action}${resource}${when}`));
}

const itself = (text: string, self: string): string =>
  text === self ? 'itself' : text === `${self}/*` ? 'itself/*' : text;

function principalsOf(principal: NonNullable<Statement['Principal']>, read: Reader): string {
  if (typeof principal === 'string') return principal;
  return Object.entries(principal)
    .flatMap(([kind, names]) => names.map((name) => `${kind === 'Service' ? '' : `${kind} `}${read(name)}`))
    .sort()
    .join(', ');
}

function conditionOf(condition: NonNullable<Statement['Condition']>, read: Reader): string {
  return Object.entries(condition)
    .flatMap(([test, keys]) =>
      Object.entries(keys).map(([key, values]) => `${test} ${key} ${values.map(read).sort().join('|')}`),
    )
    .sort()
    .join(' and ');
}

/** Of a policy that AWS keeps, its name. */
function policyName(arn: unknown, read: Reader): string {
  const { 'Fn::Sub': sub } = z.looseObject({ 'Fn::Sub': z.string().optional() }).safeParse(arn).data ?? {};
  return (sub ?? read(arn)).replace(/^arn:(.*:)?iam::aws:policy\//, "AWS's ");
}
