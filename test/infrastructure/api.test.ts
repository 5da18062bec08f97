import { describe, expect, test } from '@jest/globals';
import { grantsOfRole, readable } from './support/policies.ts';
import { ofType, synthesize } from './support/synthesize.ts';

const textOf = (value: unknown): string => JSON.stringify(value);
const role = 'ApiLambdaRole';

describe.each(['local', 'prod'])('the HTTP API of stage %s', (stage) => {
  const { platform } = synthesize(stage);

  test('is one route to one Lambda, by the newer payload, and API Gateway decides on nobody', () => {
    const [[, api] = [], ...others] = ofType(platform, 'AWS::ApiGatewayV2::Api').filter(
      ([, { ProtocolType }]) => ProtocolType === 'HTTP',
    );
    expect(others).toEqual([]);
    expect(api).not.toHaveProperty('CorsConfiguration');
    const routes = ofType(platform, 'AWS::ApiGatewayV2::Route').filter(([id]) => id.startsWith('ApiHttp'));
    expect(routes.map(([, route]) => route)).toMatchObject([{ RouteKey: '$default', AuthorizationType: 'NONE' }]);
    const integrations = ofType(platform, 'AWS::ApiGatewayV2::Integration').filter(([id]) => id.startsWith('ApiHttp'));
    expect(integrations).toHaveLength(1);
    expect(integrations[0]?.[1]).toMatchObject({ PayloadFormatVersion: '2.0', IntegrationType: 'AWS_PROXY' });
  });

  test('has a Lambda that only this API may call, and that ends before API Gateway gives up', () => {
    const permissions = ofType(platform, 'AWS::Lambda::Permission').filter(([, permission]) =>
      textOf(permission.FunctionName).includes('ApiLambda'),
    );
    expect(permissions).toHaveLength(1);
    expect(textOf(permissions[0]?.[1])).toMatch(/apigateway\.amazonaws\.com.*ApiHttpApi/);
    const [[, fn] = []] = ofType(platform, 'AWS::Lambda::Function').filter(([id]) => id.startsWith('ApiLambda'));
    expect(Number(fn?.Timeout)).toBeGreaterThan(25);
    expect(Number(fn?.Timeout)).toBeLessThan(30);
  });

  test('reads what it tells, asks on the bus, tells the audit, and may do nothing else', () => {
    const granted = readable(grantsOfRole(platform, role)).filter(
      (grant) => !grant.startsWith('logs:') && !grant.startsWith('xray:'),
    );
    const writes = granted.filter((grant) => !/:(Get|BatchGet|Query)/.test(grant));
    expect(writes.map((grant) => grant.replace(/ on .*:people.*$/, ' on people'))).toEqual([
      'dynamodb:UpdateItem on StoresBudgets',
      'events:PutEvents on Events',
      'lambda:InvokeFunction on people',
      'lambda:InvokeFunction on people',
      'sqs:SendMessage on QueuesAudit',
    ]);
    expect(
      granted.filter((grant) => grant.startsWith('sqs:GetQueueAttributes')).map((grant) => grant.split(' on ')[1]),
    ).toEqual([...['QueuesAudit', 'QueuesCoordinator', 'QueuesIntake', 'QueuesTimers']]);
    expect(granted.filter((grant) => grant.startsWith('s3:'))).toEqual([
      ...['s3:GetObject on StoresArchive/*', 's3:GetObject on StoresBlobs/*'],
    ]);
    expect(granted.join()).not.toMatch(/secretsmanager|PutItem|DeleteItem|iam:|Scan/);
  });

  test('counts requests at keys of its own, and speaks under its own name where the bus can tell', () => {
    const grants = grantsOfRole(platform, role);
    const counts = grants.find(({ action }) => action === 'dynamodb:UpdateItem');
    expect(textOf(counts?.condition)).toContain('LIMIT#*');
    const says = grants.find(({ action }) => action === 'events:PutEvents');
    expect(says?.condition).toEqual(
      stage === 'local' ? undefined : { StringEquals: { 'events:source': 'muster.api' } },
    );
  });

  test('writes down each request, without what was said in it', () => {
    const [[, stageOf] = []] = ofType(platform, 'AWS::ApiGatewayV2::Stage').filter(([id]) => id.startsWith('ApiHttp'));
    const format = textOf(stageOf?.AccessLogSettings);
    expect(format).toContain('$context.requestId');
    expect(format).not.toMatch(/authorizer|querystring|header/i);
  });
});

test('a deployment names the pages that may call, and those are origins', () => {
  const { platform } = synthesize('prod', { overrides: { api: { corsOrigins: ['https://console.example.com'] } } });
  const [[, fn] = []] = ofType(platform, 'AWS::Lambda::Function').filter(([id]) => id.startsWith('ApiLambda'));
  expect(textOf(fn?.Environment)).toContain('https://console.example.com');
  expect(() => synthesize('prod', { overrides: { api: { corsOrigins: ['*'] } } })).toThrow('api.corsOrigins');
});
