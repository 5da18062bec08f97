import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { JsonObject } from '../../lambdas/contracts/json.ts';
import { CliError } from '../cli-error.ts';
import { requestRun } from '../cloud/request-run.ts';
import { followRun, resultOf } from '../cloud/run-reader.ts';
import { withSession } from '../cloud/session.ts';
import { LOCAL_STAGE } from '../cloud/target.ts';
import { demoInputOf } from '../local/demo-input.ts';
import { nextSteps } from '../views/next-steps.ts';
import { nextText, paint } from '../views/text.ts';
import { type GlobalOptions, print, printJson } from './options.ts';
import { showRun } from './watch.ts';

export interface RunOptions {
  readonly input?: string;
  readonly requestId?: string;
  readonly tenant?: string;
  readonly priority?: string;
  readonly wait?: boolean;
  readonly json?: boolean;
}

/** The object in a JSON file. @throws CliError with the place of a syntax error */
export function readInput(path: string): JsonObject {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliError(`${path} can't be read`, 'name a JSON file with --input', { cause: error });
  }
  try {
    return JsonObject.parse(JSON.parse(text));
  } catch (error) {
    const reason =
      error instanceof z.ZodError ? 'it must hold one object' : error instanceof Error ? error.message : '';
    throw new CliError(`${path} is no valid input: ${reason}`, 'correct the file; nothing was started', {
      cause: error,
    });
  }
}

/** `muster run WORKFLOW` */
export function run(workflow: string, options: RunOptions, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const { requestId, tenant, priority } = options;
    const local = session.target.stage === LOCAL_STAGE;
    const input = options.input ? readInput(options.input) : local ? demoInputOf(workflow) : {};
    const runId = await requestRun(session, {
      workflow,
      input,
      ...(options.input && { inputName: options.input }),
      ...(requestId && { requestId }),
      ...(tenant && { tenant }),
      ...(priority && { priority }),
    });
    if (!options.wait) {
      if (options.json) return printJson({ run_id: runId });
      print(`requested ${paint.bold(runId)}`);
      return print(paint.dim(`next: npx muster watch ${runId.slice(0, 12)}`));
    }
    if (!options.json) print(paint.dim(runId));
    const view = options.json ? await followRun(session, runId) : await showRun(session, runId);
    process.exitCode = view.status === 'completed' ? 0 : 1;
    if (!options.json) return print(nextText(nextSteps(view, runId)));
    const outcome = view.status === 'completed' ? { result: await resultOf(session, view) } : { error: view.error };
    printJson({ run_id: runId, status: view.status, ...outcome });
  });
}
