import { type BackedUp, type TableName, writeBackup } from '../backup/backup-file.ts';
import { type Session, withSession } from '../cloud/session.ts';
import { type Item, itemsOf } from '../cloud/table-items.ts';
import { outputOf } from '../cloud/target.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

/** The table behind each name in a backup. */
export const TABLES: Readonly<Record<TableName, string>> = {
  state: 'StateTableName',
  registry: 'RegistryTableName',
  claims: 'ClaimsTableName',
  ledger: 'LedgerTableName',
  budgets: 'BudgetsTableName',
};

/** Of the registry, what people have set: the rest comes with every deploy. */
const SET_BY_PEOPLE = /^(SET|HOLD)(#|$)/;

/**
 * `muster backup FILE`: the state table, what people have set, claims on outside work, recorded steps and accounts of
 * budgets. Runs go on meanwhile: each is read in the order of its journal, so what is in the file is a state that the run had.
 */
export function backup(file: string, options: JsonOption, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const header = { muster_backup: 1, stage: session.target.stage, at: new Date().toISOString() } as const;
    const items = await writeBackup(file, header, everything(session));
    if (options.json) return printJson({ file, items, at: header.at });
    print(`${items} items in ${file}`);
  });
}

async function* everything({ aws, target }: Session): AsyncGenerator<BackedUp> {
  for (const table of ['state', 'registry', 'claims', 'ledger', 'budgets'] as const) {
    for await (const item of itemsOf(aws.dynamo, outputOf(target, TABLES[table])))
      if (table !== 'registry' || isSetByPeople(item)) yield { table, item };
  }
}

const isSetByPeople = ({ pk }: Item): boolean => SET_BY_PEOPLE.test(pk?.S ?? '');
