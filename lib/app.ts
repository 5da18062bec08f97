import { App, CliCredentialsStackSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib';
import type { System } from '../lambdas/contracts/system.ts';
import type { Assets } from './bundling/assets.ts';
import type { Config } from './config.ts';
import { asksForEncryption } from './constructs/message-keys.ts';
import { allowOwnNames } from './emulator-actions.ts';
import { supports } from './emulator-gaps.ts';
import { pascalCase } from './stacks/outputs.ts';
import { PlatformStack } from './stacks/platform-stack.ts';
import { SystemStack } from './stacks/system-stack.ts';

export interface MusterAppProps {
  readonly config: Config;
  readonly systems: readonly System[];
  readonly assets: Assets;
  /** Default: a new app, with the context that the CDK CLI gives it. */
  readonly app?: App;
}

export interface MusterApp {
  readonly app: App;
  readonly platform: PlatformStack;
  readonly systems: readonly SystemStack[];
}

/** The stacks of one stage: the platform, and one for each system. */
export function createApp({ config: given, systems, assets, app = new App() }: MusterAppProps): MusterApp {
  const config = withKeyIfAsked(given, systems);
  const { stage, account, region } = config;
  const env = { ...(account && { account }), ...(region && { region }) };
  const common = () => ({
    config,
    assets,
    env,
    tags: { 'muster:stage': stage },
    terminationProtection: config.removal === 'retain',
    ...(!supports(config, 'bootstrapRoles') && { synthesizer: withoutRoles() }),
  });
  const platform = new PlatformStack(app, `Muster-${stage}-Platform`, {
    ...common(),
    description: `Muster (${stage}): the platform that systems of agents stand on`,
  });
  const stacks = systems.map(
    (system) =>
      new SystemStack(app, `Muster-${stage}-${pascalCase(system.name)}`, {
        ...common(),
        description: `Muster (${stage}): the agents of ${system.name}`,
        system,
        platform,
      }),
  );
  if (!supports(config, 'actionNames')) allowOwnNames(app);
  return { app, platform, systems: stacks };
}

/** Where the configuration does not say whether there be a key for the bodies of messages, there is one if an agent asks for it. */
function withKeyIfAsked(config: Config, systems: readonly System[]): Config {
  const encrypt = config.messages.encrypt ?? systems.some(({ agents }) => agents.some(asksForEncryption));
  return { ...config, messages: { ...config.messages, encrypt } };
}

/** Deploys with the credentials of the command line, and needs no more than the bucket for assets. */
function withoutRoles(): IStackSynthesizer {
  // CDK's own types do not tell an optional property from one that may be undefined, as this project's settings do.
  return new CliCredentialsStackSynthesizer() as IStackSynthesizer;
}
