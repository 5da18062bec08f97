import { Stack } from 'aws-cdk-lib';
import { CfnApi, CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { acknowledge } from './acknowledge.ts';
import { removalOf } from './removal.ts';

export interface HttpApiProps {
  readonly config: Config;
  /** Answers every request. */
  readonly fn: IFunction;
  readonly description: string;
}

/** Requests a second that API Gateway lets through to all containers; tenants have rates of their own behind it. */
const THROTTLE = { rate: 2_000, burst: 1_000 } as const;
/** What is logged of each request: nothing that a client has put into it beside method and path. */
const LOGGED = {
  request: '$context.requestId',
  time: '$context.requestTime',
  source: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  latency_ms: '$context.responseLatency',
  error: '$context.integrationErrorMessage',
};

/**
 * An HTTP API with one route to one Lambda, which knows the routes, who asks and what they may: so it is the same here, on
 * the local cloud and in tests. TLS alone, no CORS: the Lambda answers preflights as well.
 */
export class HttpApi extends Construct {
  readonly apiId: string;
  /** Where it answers, without a slash at the end. */
  readonly url: string;

  constructor(scope: Construct, id: string, { config, fn, description }: HttpApiProps) {
    super(scope, id);
    const api = new CfnApi(this, 'Api', {
      ...{ name: `${Stack.of(this).stackName}-api`, protocolType: 'HTTP', description },
      disableExecuteApiEndpoint: false,
    });
    const integration = new CfnIntegration(this, 'Integration', {
      apiId: api.ref,
      integrationType: 'AWS_PROXY',
      integrationMethod: 'POST',
      integrationUri: fn.functionArn,
      payloadFormatVersion: '2.0',
      timeoutInMillis: 29_500,
    });
    const route = new CfnRoute(this, 'Route', {
      apiId: api.ref,
      routeKey: '$default',
      target: `integrations/${integration.ref}`,
      authorizationType: 'NONE',
    });
    acknowledge(
      route,
      'AwsSolutions-APIG4',
      'The Lambda behind it verifies the token of every request, and denies by default.',
    );
    const log = new LogGroup(this, 'Log', {
      retention: config.logs.retentionDays as RetentionDays,
      removalPolicy: removalOf(config),
    });
    const stage = new CfnStage(this, 'Stage', {
      apiId: api.ref,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: { destinationArn: log.logGroupArn, format: JSON.stringify(LOGGED) },
      defaultRouteSettings: { throttlingRateLimit: THROTTLE.rate, throttlingBurstLimit: THROTTLE.burst },
    });
    stage.node.addDependency(route);
    fn.addPermission('FromApi', {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: Stack.of(this).formatArn({ service: 'execute-api', resource: api.ref, resourceName: '*/$default' }),
    });
    this.apiId = api.ref;
    const { region, urlSuffix } = Stack.of(this);
    this.url = `https://${api.ref}.execute-api.${region}.${urlSuffix}`;
  }
}
