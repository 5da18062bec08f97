import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Assets } from '../bundling/assets.ts';
import type { Config } from '../config.ts';
import type { PlatformQueues } from './platform-queues.ts';
import type { PlatformStores } from './platform-stores.ts';

/** What every part of the platform with Lambdas of its own is made with. */
export interface PlatformPartProps {
  readonly config: Config;
  readonly assets: Assets;
  readonly stores: PlatformStores;
  readonly queues: PlatformQueues;
  readonly bus: EventBus;
}
