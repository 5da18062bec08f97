import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ProgressBoard } from '../../runtime/ports.ts';
import { type Item, number, readNumber, readText, text } from '../items/attributes.ts';
import { expiryAfter } from '../items/run-items.ts';
import { runKey } from '../items/table-layout.ts';
import { putNewest } from './put-newest.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'state_store_unavailable';
const KEEP_DAYS = 1;
/** Sort keys beside the run's own rows: `P#<taskId>` is a task's progress, `W#<agent>` one who takes part. */
const TASK = 'P#';
const WATCHER = 'W#';

/** The live view's rows in the state table; the newest word on a task wins. */
export function dynamoProgressBoard(client: DynamoDBClient, table: string): ProgressBoard {
  const put = (item: Item, at: number): Promise<void> =>
    putNewest(client, table, { ...item, at: number(at), expires_at: number(expiryAfter(at, KEEP_DAYS)) });

  const rows = (runId: string, prefix: string): Promise<Item[]> =>
    queryAll(client, {
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': text(runKey(runId)), ':prefix': text(prefix) },
    });
  const nameIn = (item: Item, prefix: string): string => readText(item, 'sk').slice(prefix.length);

  return {
    put: (runId, taskId, agent, progress, step, at) =>
      serviceCall(CODE, 'noting the progress of a task', () => {
        const key = { pk: text(runKey(runId)), sk: text(TASK + taskId) };
        return put({ ...key, agent: text(agent), progress: number(progress), step: text(step) }, at);
      }),

    list: (runId) =>
      serviceCall(CODE, 'reading the progress of a run', async () =>
        (await rows(runId, TASK)).map((item) => ({
          taskId: nameIn(item, TASK),
          agent: readText(item, 'agent'),
          progress: readNumber(item, 'progress'),
          step: readText(item, 'step'),
          at: readNumber(item, 'at'),
        })),
      ),

    watch: (runId, agents, at) =>
      serviceCall(CODE, 'noting who takes part in a run', async () => {
        await Promise.all(agents.map((agent) => put({ pk: text(runKey(runId)), sk: text(WATCHER + agent) }, at)));
      }),

    watchers: (runId) =>
      serviceCall(CODE, 'reading who takes part in a run', async () =>
        (await rows(runId, WATCHER)).map((item) => nameIn(item, WATCHER)),
      ),
  };
}
