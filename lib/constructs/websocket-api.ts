import { ArnFormat, Stack } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import * as z from 'zod';
import { acknowledge } from './acknowledge.ts';

export interface SocketApiProps {
  readonly description: string;
  /** Hears of every connection and everything that is said. */
  readonly fn: IFunction;
  /** Frames and new connections per second, of all clients together. */
  readonly rateLimit: number;
  readonly burstLimit: number;
}

const STAGE = 'v1';

/** A WebSocket API before one Lambda, which answers over the connections themselves: nothing is answered by what it returns. */
export class SocketApi extends Construct {
  readonly api: WebSocketApi;
  /** As the Lambdas that send want it: `<id>/<stage>`. */
  readonly name: string;

  constructor(scope: Construct, id: string, { description, fn, rateLimit, burstLimit }: SocketApiProps) {
    super(scope, id);
    const integration = (route: string) => ({ integration: new WebSocketLambdaIntegration(route, fn) });
    this.api = new WebSocketApi(this, 'Api', {
      description,
      routeSelectionExpression: '$request.body.type',
      connectRouteOptions: integration('OnConnect'),
      disconnectRouteOptions: integration('OnDisconnect'),
      defaultRouteOptions: integration('OnMessage'),
    });
    const stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName: STAGE,
      autoDeploy: true,
      throttle: { rateLimit, burstLimit },
    });
    this.name = `${this.api.apiId}/${STAGE}`;
    for (const rule of ['AwsSolutions-APIG4', 'Serverless-APIGWAuthorization'])
      acknowledge(
        this.api,
        rule,
        'Who it is comes with the first frame, as the protocol has it: its Lambda closes what can not say so.',
      );
    for (const rule of ['AwsSolutions-APIG1', 'Serverless-APIGWAccessLogging', 'Serverless-APIGWStructuredLogging'])
      acknowledge(stage, rule, 'Its Lambda logs every frame and every connection, and the audit whom it refused.');
  }

  /** Lets a role send frames to connections, and close them. */
  grantManage(role: Role): void {
    const stack = Stack.of(this);
    const resources = ['POST', 'DELETE'].map((method) =>
      stack.formatArn({
        service: 'execute-api',
        resource: this.api.apiId,
        resourceName: `${STAGE}/${method}/@connections/*`,
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
    );
    role.addToPolicy(new PolicyStatement({ actions: ['execute-api:ManageConnections'], resources }));
    const reason = 'It may reach every connection of this one API, whose ids are made at run time.';
    for (const arn of resources) acknowledge(role, `AwsSolutions-IAM5[Resource::${flat(stack.resolve(arn))}]`, reason);
  }
}

const Joined = z.object({
  'Fn::Join': z.tuple([z.literal(''), z.array(z.union([z.string(), z.object({ Ref: z.string() })]))]),
});

/** An ARN as cdk-nag writes it: references as `<LogicalId>`. */
function flat(arn: unknown): string {
  const { 'Fn::Join': join } = Joined.parse(arn);
  return join[1].map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join('');
}
