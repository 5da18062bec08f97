import { readFileSync } from 'node:fs';
import { App, cx_api as cxapi } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import type { System } from '../../../lambdas/contracts/system.ts';
import { createApp } from '../../../lib/app.ts';
import type { Assets } from '../../../lib/bundling/assets.ts';
import { loadConfig } from '../../../lib/config.ts';
import { SAMPLE } from './sample-system.ts';
import { standInAssets } from './stand-in-assets.ts';

// CDK's own validation of templates takes seconds and is `cdk synth`'s business.
process.env.CDK_VALIDATION = 'false';

const CdkJson = z.looseObject({ context: z.record(z.string(), z.unknown()) });
const cdkJson = CdkJson.parse(JSON.parse(readFileSync(new URL('../../../cdk.json', import.meta.url), 'utf8')));

const Resource = z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });
export type Resource = z.infer<typeof Resource>;

/** Resources by logical id, of one stack. */
export type Resources = ReadonlyMap<string, Resource>;

export interface Synthesized {
  readonly app: App;
  readonly platform: Resources;
  readonly system: Resources;
  /** Of all stacks. */
  readonly all: ReadonlyArray<readonly [id: string, Resource]>;
}

export interface Options {
  readonly system?: System;
  readonly environment?: Readonly<Record<string, string>>;
  readonly overrides?: unknown;
  readonly assets?: Assets;
}

/** The templates of a stage, with code that does nothing. */
export function synthesize(stage: string, options: Options = {}): Synthesized {
  const { system = SAMPLE, environment = {}, overrides = {}, assets = standInAssets() } = options;
  const context = {
    ...cdkJson.context,
    [cxapi.DISABLE_ASSET_STAGING_CONTEXT]: true,
  };
  const app = new App({ context });
  const { platform, systems } = createApp({
    app,
    config: loadConfig(stage, environment, overrides),
    systems: [system],
    assets,
  });
  const [stack] = systems;
  if (!stack) throw new Error('the app has no system');
  const of = (made: typeof platform | typeof stack): Resources =>
    new Map(Object.entries(z.record(z.string(), Resource).parse(Template.fromStack(made).toJSON().Resources)));
  const [platformResources, systemResources] = [of(platform), of(stack)];
  return { app, platform: platformResources, system: systemResources, all: [...platformResources, ...systemResources] };
}

/** Those of one CloudFormation type, as pairs of logical id and properties. */
export function ofType(
  resources: Iterable<readonly [string, Resource]>,
  type: string,
): Array<[string, Record<string, unknown>]> {
  return [...resources].flatMap(([id, resource]) => (resource.Type === type ? [[id, resource.Properties]] : []));
}
