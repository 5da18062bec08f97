import {
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  type LambdaClient,
  ListFunctionsCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import { zipOf } from '../probe/zip.ts';
import type { Call, Verdict } from './try-call.ts';

/** Makes calls with the rights of a deployed Lambda, by one of the test's own that runs under the same role. */
export class BorrowedRole {
  readonly #lambda: LambdaClient;
  readonly #name: string;

  private constructor(lambda: LambdaClient, name: string) {
    this.#lambda = lambda;
    this.#name = name;
  }

  /** @param part of the deployed Lambda's name, such as "ProbeAlpha" */
  static async of(lambda: LambdaClient, part: string): Promise<BorrowedRole> {
    const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
    const owner = Functions.find(({ FunctionName }) => FunctionName?.includes(part))?.FunctionName;
    if (!owner) throw new Error(`no Lambda is called like ${part}`);
    const { Role } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: owner }));
    const FunctionName = `borrows-${part}`;
    await lambda.send(
      new CreateFunctionCommand({
        ...{ FunctionName, Role, Runtime: 'nodejs24.x', Handler: 'index.handler', Timeout: 30, MemorySize: 256 },
        Code: { ZipFile: zipOf('index.mjs', await codeOfHandler()) },
      }),
    );
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30, minDelay: 1 }, { FunctionName });
    return new BorrowedRole(lambda, FunctionName);
  }

  /** What the cloud makes of these calls, in their order. */
  async tries(calls: readonly Call[]): Promise<Verdict[]> {
    const { Payload, FunctionError } = await this.#lambda.send(
      new InvokeCommand({ FunctionName: this.#name, Payload: JSON.stringify(calls) }),
    );
    const text = Buffer.from(Payload ?? []).toString();
    if (FunctionError) throw new Error(`${this.#name}: ${text}`);
    return JSON.parse(text) as Verdict[];
  }
}

let code: Promise<string> | undefined;
function codeOfHandler(): Promise<string> {
  code ??= build({
    entryPoints: [new URL('./try-call.ts', import.meta.url).pathname],
    ...{ bundle: true, write: false, minify: true, platform: 'node', format: 'esm', target: 'node24' },
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  }).then(({ outputFiles }) => outputFiles[0]?.text ?? '');
  return code;
}
