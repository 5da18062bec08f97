import { CreateFunctionCommand, type LambdaClient, waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import { zipOf } from '../zip.ts';

/**
 * After each invocation the local cloud waits for log lines: 5 ms after the last one, 50 ms when none comes. A Lambda
 * that says one line is spared a delay that AWS does not have; one that says nothing is what "no-op" means to the letter.
 */
export type Says = 'a line' | 'nothing';

const codeOf = (says: Says): string => `export const handler = async () => {
  ${says === 'a line' ? `console.log('{"message":"done"}');` : ''}
  return null;
};
`;

/** The role is not looked at: the local cloud enforces none unless it is told to. */
export const ANY_ROLE = 'arn:aws:iam::000000000000:role/bench';

/** A Lambda that does nothing, without a platform around it. @returns its ARN */
export async function createNoOpLambda(lambda: LambdaClient, name: string, says: Says): Promise<string> {
  const { FunctionArn } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: ANY_ROLE,
      Timeout: 30,
      MemorySize: 256,
      Code: { ZipFile: zipOf('index.mjs', codeOf(says)) },
    }),
  );
  if (!FunctionArn) throw new Error(`${name} was made without an ARN`);
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30, minDelay: 1 }, { FunctionName: name });
  return FunctionArn;
}
