import { App, Validations } from 'aws-cdk-lib';
import { SYSTEMS } from '../lambdas/systems/systems.ts';
import { createApp } from '../lib/app.ts';
import { projectAssets } from '../lib/bundling/project-assets.ts';
import { ConfigurationError, loadConfig } from '../lib/config.ts';
import { chosenSystems, SYSTEMS_VARIABLE } from './systems.ts';

/** The CDK app: `npx cdk synth --all -c stage=dev`. See docs/configuration.md. */
const DEFAULT_STAGE = 'dev';

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The CDK context `config`: a JSON text on the command line, an object in cdk.json. */
function overridesOf(context: unknown): unknown {
  if (typeof context !== 'string') return context ?? {};
  try {
    return JSON.parse(context);
  } catch {
    return context;
  }
}

try {
  const app = new App();
  const stage = textOf(app.node.tryGetContext('stage')) ?? process.env.MUSTER_STAGE ?? DEFAULT_STAGE;
  const config = loadConfig(stage, process.env, overridesOf(app.node.tryGetContext('config')));
  // What runs here is checked when it is made for AWS; the local start need not wait for it. `-c checks=on` does it all the same.
  const checked = config.target === 'aws' || app.node.tryGetContext('checks') === 'on';
  if (!checked) process.env.CDK_VALIDATION = 'false';
  const systems = chosenSystems(SYSTEMS, process.env[SYSTEMS_VARIABLE]);
  createApp({ app, config, systems, assets: projectAssets() });
  if (checked) {
    const { AwsSolutionsChecks, ServerlessChecks } = await import('cdk-nag');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  }
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
