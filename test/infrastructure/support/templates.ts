import { readFileSync } from 'node:fs';
import { App, cx_api as cxapi } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import type { System } from '../../../lambdas/contracts/system.ts';
import { createApp } from '../../../lib/app.ts';
import { type Config, loadConfig } from '../../../lib/config.ts';
import { standInAssets } from './stand-in-assets.ts';

// CDK's own validation of templates takes seconds and is `cdk synth`'s business.
process.env.CDK_VALIDATION = 'false';

const CdkJson = z.looseObject({ context: z.record(z.string(), z.unknown()) });
const { context } = CdkJson.parse(JSON.parse(readFileSync(new URL('../../../cdk.json', import.meta.url), 'utf8')));

const Resource = z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });
const StackTemplate = z.looseObject({
  Resources: z.record(z.string(), Resource),
  Outputs: z.record(z.string(), z.looseObject({ Value: z.unknown() })).default({}),
});
export type StackTemplate = z.infer<typeof StackTemplate>;

/** By the names of their stacks. */
export type Templates = Readonly<Record<string, StackTemplate>>;

export interface DeploymentOptions {
  readonly systems: readonly System[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly overrides?: unknown;
}

/** The templates of all stacks of a stage, with code that does nothing. */
export function templatesOf(stage: string, { systems, environment = {}, overrides = {} }: DeploymentOptions) {
  const app = new App({ context: { ...context, [cxapi.DISABLE_ASSET_STAGING_CONTEXT]: true } });
  const config: Config = loadConfig(stage, environment, overrides);
  const made = createApp({ app, config, systems, assets: standInAssets() });
  const templates: Templates = Object.fromEntries(
    [made.platform, ...made.systems].map((stack) => [
      stack.stackName,
      StackTemplate.parse(Template.fromStack(stack).toJSON()),
    ]),
  );
  return { config, templates };
}
