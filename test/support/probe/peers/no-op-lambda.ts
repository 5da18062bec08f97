import { CreateFunctionCommand, type LambdaClient, waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import { zipOf } from '../zip.ts';

/** One line, because the local cloud takes four times as long over an invocation that logs nothing. */
const CODE = `export const handler = async () => {
  console.log('{"message":"done"}');
  return null;
};
`;

/** The role is not looked at: the local cloud enforces none unless it is told to. */
const ROLE = 'arn:aws:iam::000000000000:role/bench';

/** A Lambda that does nothing, without a platform around it. @returns its ARN */
export async function createNoOpLambda(lambda: LambdaClient, name: string): Promise<string> {
  const { FunctionArn } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: ROLE,
      Timeout: 30,
      MemorySize: 256,
      Code: { ZipFile: zipOf('index.mjs', CODE) },
    }),
  );
  if (!FunctionArn) throw new Error(`${name} was made without an ARN`);
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30, minDelay: 1 }, { FunctionName: name });
  return FunctionArn;
}
