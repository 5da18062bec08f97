import { App } from 'aws-cdk-lib';
import { SYSTEMS } from '../../../lambdas/systems/systems.ts';
import { createApp } from '../../../lib/app.ts';
import { projectAssets } from '../../../lib/bundling/project-assets.ts';
import { loadConfig } from '../../../lib/config.ts';
import { PROBE_MODELS } from './probe-models.ts';
import { PROBE_MCP } from './probe-tools.ts';
import { PROBE, PROBE_WITH_PEERS } from './system.ts';

/**
 * The product's stacks and the probe's, for the local cloud: `cdk deploy --app "node test/support/probe/app.ts"`.
 * With the argument `alone` it is the platform and the probe, which is all that benches need.
 */
const systems = process.argv.includes('alone') ? [PROBE] : [...SYSTEMS, PROBE_WITH_PEERS];
const app = new App();
app.node.setContext('@aws-cdk/core:validateAgainstDefaultRules', false);
createApp({
  app,
  config: loadConfig('local', process.env, { models: PROBE_MODELS, mcp: PROBE_MCP, tools: { loopback: true } }),
  systems,
  assets: projectAssets(),
});
