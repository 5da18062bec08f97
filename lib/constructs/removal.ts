import { RemovalPolicy } from 'aws-cdk-lib';
import type { Config } from '../config.ts';

/** What becomes of data when its stack goes. */
export const removalOf = (config: Config): RemovalPolicy =>
  config.removal === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
