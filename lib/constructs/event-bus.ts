import { Duration, Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { supports } from '../emulator-gaps.ts';

/** As long as a message lives in a dead-letter queue. */
const ARCHIVE_DAYS = 14;

/** The bus that events make the platform work by, and an archive to replay them from. */
export class MusterBus extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const { stackName, account } = Stack.of(this);
    // EventBridge knows no bus without a name; the stack's keeps deployments apart.
    this.bus = new EventBus(this, 'Bus', { eventBusName: stackName });
    if (supports(config, 'archive'))
      this.bus.archive('Archive', { eventPattern: { account: [account] }, retention: Duration.days(ARCHIVE_DAYS) });
  }
}
