import { dynamoBehaviourStore } from '../../lambdas/adapters/aws/dynamo-behaviour-store.ts';
import { systemClock } from '../../lambdas/adapters/system.ts';
import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import { CliError } from '../cli-error.ts';
import { withSession } from '../cloud/session.ts';
import { outputOf } from '../cloud/target.ts';
import { alertsTable, alertText } from '../views/alerts.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

export interface AlertsOptions extends JsonOption {
  readonly tenant?: string;
  readonly limit?: string;
}

const LIMIT = 20;
/** Looked through for the one that was named. */
const MOST = 1_000;

/** `muster alerts [ID]`: who behaved out of the ordinary; with an id, what about it was. */
export function alerts(id: string | undefined, options: AlertsOptions, globals: GlobalOptions): Promise<void> {
  const { tenant = DEFAULT_TENANT, limit = LIMIT, json } = options;
  return withSession(globals.stage, async ({ aws, target }) => {
    const store = dynamoBehaviourStore(aws.dynamo, outputOf(target, 'BehaviourTableName'), systemClock);
    const found = await store.alerts(tenant, id === undefined ? Number(limit) : MOST);
    if (id === undefined) {
      if (json) return printJson(found);
      return print(
        found.length === 0 ? `nobody of ${tenant} has behaved out of the ordinary` : alertsTable(found, Date.now()),
      );
    }
    const named = found.filter(({ alert_id }) => alert_id.startsWith(id));
    const [alert] = named;
    if (!alert || named.length > 1) {
      const why = alert ? `${named.length} alerts of ${tenant} begin with "${id}"` : `${tenant} has no alert "${id}"`;
      throw new CliError(why, 'list them with "muster alerts"');
    }
    if (json) return printJson(alert);
    print(alertText(alert));
  });
}
