import type * as z from 'zod';
import { runCli } from './run-cli.ts';

/** What `muster …` prints. @throws Error when it fails */
export async function muster(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args);
  if (code !== 0) throw new Error(`muster ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

/** What `muster … --json` prints. @throws Error when it fails, or prints something else */
export async function musterJson<T>(schema: z.ZodType<T>, ...args: string[]): Promise<T> {
  return schema.parse(JSON.parse(await muster(...args, '--json')));
}

/** Why `muster …` refuses. @throws Error when it does not */
export async function refusedBy(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args);
  if (code !== 1) throw new Error(`muster ${args.join(' ')} answered ${code}: ${stdout}${stderr}`);
  return stderr;
}
