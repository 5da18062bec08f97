import { UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { dynamoRuns } from '../../lambdas/adapters/aws/dynamo-runs.ts';
import { type BackedUp, readBackup } from '../backup/backup-file.ts';
import { CliError } from '../cli-error.ts';
import { type Session, withSession } from '../cloud/session.ts';
import { createWriter, isEmpty } from '../cloud/table-items.ts';
import { outputOf } from '../cloud/target.ts';
import { TABLES } from './backup.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

export interface RestoreOptions extends JsonOption {
  /** Write into a table that is not empty. */
  readonly force?: boolean;
}

/** `muster restore FILE`: writes what a backup holds, and wakes every run that was open. */
export function restore(file: string, options: RestoreOptions, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const { aws, target } = session;
    if (!options.force && !(await isEmpty(aws.dynamo, outputOf(target, TABLES.state))))
      throw new CliError(
        `the state table of stage "${target.stage}" is not empty; nothing was changed`,
        'restore into a fresh deployment, or overwrite what the backup has too with --force',
      );
    // First to its end, so that a file that is damaged changes nothing.
    for await (const _ of readBackup(file));
    const { items, open } = await write(file, session);
    await forgetRuns(session);
    const runs = dynamoRuns(aws.dynamo, outputOf(target, TABLES.state));
    const now = Date.now();
    for (const runId of open) await runs.setWake(runId, now);
    if (options.json) return printJson({ items, open_runs: open.length });
    print(`${items} items restored; ${open.length} open runs go on within a minute`);
  });
}

async function write(file: string, { aws, target }: Session): Promise<{ items: number; open: string[] }> {
  const writers = {
    state: createWriter(aws.dynamo, outputOf(target, TABLES.state)),
    registry: createWriter(aws.dynamo, outputOf(target, TABLES.registry)),
    claims: createWriter(aws.dynamo, outputOf(target, TABLES.claims)),
    ledger: createWriter(aws.dynamo, outputOf(target, TABLES.ledger)),
    budgets: createWriter(aws.dynamo, outputOf(target, TABLES.budgets)),
  };
  const open: string[] = [];
  let items = 0;
  for await (const line of readBackup(file)) {
    if (!('table' in line)) continue;
    await writers[line.table].put(line.item);
    items += 1;
    if (isOpenRun(line)) open.push(line.item.pk?.S?.slice('RUN#'.length) ?? '');
  }
  for (const { flush } of Object.values(writers)) await flush();
  return { items, open };
}

function isOpenRun({ table, item: { sk, status } }: BackedUp): boolean {
  return table === 'state' && sk?.S === 'A#run' && (status?.S === 'requested' || status?.S === 'running');
}

/** Coordinators remember runs by what they have written last, which may be more than the backup has: they start afresh. */
async function forgetRuns({ aws, target }: Session): Promise<void> {
  const FunctionName = outputOf(target, 'CoordinatorFunctionName');
  const Description = `Restored from a backup at ${new Date().toISOString()}`;
  await aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Description }));
}
