import type { StackTemplate, Templates } from '../support/templates.ts';

/** A template in which one thing is other than the code made it. */
export interface Planted {
  readonly what: string;
  readonly templates: Templates;
}

type Resource = StackTemplate['Resources'][string];
type Tree = { [key: string]: unknown };
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** One action, one resource, one condition more or less, in every statement; and every other way to a right that there is. */
export function* plantedIn(templates: Templates): Generator<Planted> {
  for (const [stack, template] of Object.entries(templates)) {
    const put = (what: string, id: string, resource: Resource): Planted => ({
      what: `${stack}: ${id}: ${what}`,
      templates: { ...templates, [stack]: { ...template, Resources: { ...template.Resources, [id]: resource } } },
    });
    for (const [id, resource] of Object.entries(template.Resources))
      for (const [what, changed] of changesOf(resource))
        if (JSON.stringify(changed) !== JSON.stringify(resource)) yield put(what, id, changed);
    for (const [id, added] of Object.entries(ADDED)) yield put('is added', id, added);
  }
}

const OPEN = { Effect: 'Allow', Action: 'dynamodb:Scan', Resource: '*' };
const ANYBODY = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };

const ADDED: Readonly<Record<string, Resource>> = {
  PlantedUrl: { Type: 'AWS::Lambda::Url', Properties: { AuthType: 'NONE' } },
  PlantedPolicy: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: { Statement: [OPEN] } } },
  PlantedUser: { Type: 'AWS::IAM::User', Properties: {} },
  PlantedRole: {
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [ANYBODY] } },
  },
};

function* changesOf({ Type, Properties }: Resource): Generator<readonly [string, Resource]> {
  const changed = (properties: Tree): Resource => ({ Type, Properties: { ...Properties, ...properties } });
  for (const name of ['PolicyDocument', 'AssumeRolePolicyDocument', 'KeyPolicy']) {
    const document = Properties[name];
    if (!isTree(document) || !Array.isArray(document.Statement)) continue;
    for (const [what, statements] of changesOfStatements(document.Statement))
      yield [`${name}: ${what}`, changed({ [name]: { ...document, Statement: statements } })];
  }
  if (Type === 'AWS::IAM::Role') {
    yield ['becomes administrator', changed({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] })];
    const PolicyDocument = { Version: '2012-10-17', Statement: [OPEN] };
    yield ['has a policy inside', changed({ Policies: [{ PolicyName: 'planted', PolicyDocument }] })];
  }
  if (Type === 'AWS::IAM::Policy')
    yield ['is for another role too', changed({ Roles: [Properties.Roles, 'Other'].flat() })];
  if (Type === 'AWS::Lambda::Function') yield ['runs as another role', changed({ Role: 'Other' })];
  if (Type === 'AWS::Lambda::Permission') {
    yield ['for anybody', changed({ Principal: '*' })];
    const { SourceArn, ...rest } = Properties;
    if (SourceArn !== undefined) yield ['from anywhere', { Type, Properties: rest }];
  }
  if (Type === 'AWS::ApiGatewayV2::Route') {
    yield ['another route', changed({ RouteKey: 'GET /planted' })];
    yield ['to somewhere else', changed({ Target: 'integrations/other' })];
  }
  if (Type === 'AWS::DynamoDB::Table') yield ['lets others in', changed({ ResourcePolicy: { PolicyDocument: {} } })];
}

function* changesOfStatements(statements: readonly unknown[]): Generator<readonly [string, readonly unknown[]]> {
  yield ['another statement', [...statements, OPEN]];
  for (const [index, statement] of statements.entries()) {
    if (!isTree(statement)) continue;
    for (const [what, changed] of changesOfStatement(statement))
      yield [`statement ${index}: ${what}`, statements.map((one, at) => (at === index ? changed : one))];
    yield [`statement ${index}: is left out`, statements.filter((_, at) => at !== index)];
  }
}

function* changesOfStatement(statement: Tree): Generator<readonly [string, Tree]> {
  const actions = [statement.Action].flat();
  yield ['one action more', { ...statement, Action: [...actions, 'dynamodb:DeleteTable'] }];
  yield ['every action', { ...statement, Action: '*' }];
  if (actions.length > 1)
    for (const action of actions)
      yield [`without ${action}`, { ...statement, Action: actions.filter((one) => one !== action) }];
  const { Action: _action, ...others } = statement;
  yield ['all actions but one', { ...others, NotAction: 's3:GetObject' }];
  yield ['turned round', { ...statement, Effect: statement.Effect === 'Allow' ? 'Deny' : 'Allow' }];
  const resources = [statement.Resource ?? []].flat();
  for (const [index, one] of resources.entries()) {
    if (one === '*') continue;
    yield [
      `resource ${index} is any`,
      { ...statement, Resource: resources.map((each, at) => (at === index ? '*' : each)) },
    ];
    const wider = { 'Fn::Join': ['', [one, '*']] };
    yield [
      `resource ${index} begins so`,
      { ...statement, Resource: resources.map((each, at) => (at === index ? wider : each)) },
    ];
    if (resources.length > 1)
      yield [`without resource ${index}`, { ...statement, Resource: resources.filter((_, at) => at !== index) }];
  }
  if (resources.length > 0)
    yield ['one resource more', { ...statement, Resource: [...resources, 'arn:aws:s3:::other'] }];
  if (statement.Principal !== undefined)
    yield ['for anybody', { ...statement, Principal: { AWS: 'arn:aws:iam::111122223333:root' } }];
  yield* changesOfCondition(statement);
}

function* changesOfCondition(statement: Tree): Generator<readonly [string, Tree]> {
  const { Condition: condition, ...without } = statement;
  if (!isTree(condition)) {
    yield ['under a condition', { ...statement, Condition: { StringEquals: { 'aws:PrincipalTag/never': 'true' } } }];
    return;
  }
  yield ['under no condition', without];
  for (const [test, keys] of Object.entries(condition)) {
    if (!isTree(keys)) continue;
    yield [`${test} if it is there`, { ...statement, Condition: { [`${test}IfExists`]: keys } }];
    for (const key of Object.keys(keys)) {
      const any = { ...keys, [key]: '*' };
      yield [`${key} may be anything`, { ...statement, Condition: { ...condition, [test]: any } }];
    }
  }
}
