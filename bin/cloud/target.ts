import { CloudFormationClient, paginateDescribeStacks, type Stack } from '@aws-sdk/client-cloudformation';
import { CliError } from '../cli-error.ts';
import { Home, runningCloud } from '../local/home.ts';

/** How clients of the AWS SDK reach a deployment. */
export interface ClientSettings {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly forcePathStyle?: boolean;
}

/** A deployment of Muster: in the local cloud or in an AWS account. */
export interface Target {
  readonly stage: string;
  readonly settings: ClientSettings;
  /** The stacks' outputs by name, such as `BusName`. */
  readonly outputs: Readonly<Record<string, string>>;
}

export const LOCAL_STAGE = 'local';

export function localSettings(endpoint: string): ClientSettings {
  return {
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
  };
}

const END_STATES = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'];

/** The stacks of a stage that are up, by name. */
export async function stacksOf(settings: ClientSettings, stage: string): Promise<Stack[]> {
  const client = new CloudFormationClient(settings);
  const stacks: Stack[] = [];
  try {
    for await (const page of paginateDescribeStacks({ client }, {})) stacks.push(...(page.Stacks ?? []));
  } finally {
    client.destroy();
  }
  return stacks.filter(
    ({ StackName = '', StackStatus = '' }) =>
      StackName.startsWith(`Muster-${stage}-`) && END_STATES.includes(StackStatus),
  );
}

/** Every output of the stage's stacks; CDK's own export names are left out. */
export function outputsOf(stacks: readonly Stack[]): Record<string, string> {
  const all = stacks.flatMap((stack) => stack.Outputs ?? []);
  return Object.fromEntries(
    all.flatMap(({ OutputKey, OutputValue }) =>
      OutputKey && OutputValue !== undefined && !OutputKey.startsWith('ExportsOutput')
        ? [[OutputKey, OutputValue]]
        : [],
    ),
  );
}

/**
 * The deployment a command talks to: the running local cloud by default, else the stage that `--stage` names in AWS.
 * @throws CliError when there is none, with what to do
 */
export async function resolveTarget(stage: string | undefined, home = new Home()): Promise<Target> {
  if (stage === undefined || stage === LOCAL_STAGE) return localTarget(home);
  try {
    const stacks = await stacksOf({}, stage);
    if (stacks.length > 0) return { stage, settings: {}, outputs: outputsOf(stacks) };
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error);
    throw new CliError(
      `AWS could not be asked for the stacks of stage "${stage}": ${reason}`,
      'check AWS_PROFILE and AWS_REGION, and try "aws sts get-caller-identity"',
      { cause: error },
    );
  }
  throw new CliError(
    `there is no stage "${stage}" in this account and region`,
    `deploy it with: npx cdk deploy --all -c stage=${stage}`,
  );
}

async function localTarget(home: Home): Promise<Target> {
  const running = runningCloud(home);
  if (!running)
    throw new CliError(
      'no local cloud is running here',
      'start one with "npx muster up", or name a stage in AWS with --stage',
    );
  const settings = localSettings(running.endpoint);
  try {
    const stacks = await stacksOf(settings, LOCAL_STAGE);
    if (stacks.length > 0) return { stage: LOCAL_STAGE, settings, outputs: outputsOf(stacks) };
  } catch (error) {
    throw new CliError(
      `the local cloud at ${running.endpoint} does not answer`,
      'restart it: "npx muster down", then "npx muster up"',
      { cause: error },
    );
  }
  throw new CliError(
    'the local cloud is up, but nothing is deployed yet',
    'wait until "npx muster up" says it is ready',
  );
}

/** An output the command can't do without. @throws CliError */
export function outputOf(target: Target, name: string): string {
  const value = target.outputs[name];
  if (value === undefined)
    throw new CliError(
      `the stacks of stage "${target.stage}" have no output ${name}`,
      'the deployment is older than this command: deploy again',
    );
  return value;
}
