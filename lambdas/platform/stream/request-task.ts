import { hash } from 'node:crypto';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { ALL_TENANTS } from '../../contracts/control.ts';
import { DataError } from '../../contracts/errors.ts';
import { asJson } from '../../contracts/json.ts';
import type { Principal } from '../../contracts/principal.ts';
import { STREAM_TASK, type StartFrame } from '../../contracts/stream.ts';
import { STREAM_SOURCE } from '../../contracts/stream-messages.ts';
import { runIdOf } from '../../workflow/run-identity.ts';
import type { TalkPorts } from './stream-ports.ts';

type TaskPayload = Extract<StartFrame['payload'], { task_type: string }>;

/**
 * The run that a task is done in. The same client, operation and payload are the same run, however often they are said: a
 * client that was cut off says it again and does not know whether it was heard.
 */
export function requestTask(
  { after: _, tenant: __, ...task }: TaskPayload,
  who: {
    readonly tenant: string;
    readonly operation: string;
    readonly client: { readonly id: string; readonly principal: Principal };
  },
  { bus }: Pick<TalkPorts, 'bus'>,
): { readonly run: string; readonly begin: () => Promise<void> } {
  const { tenant, operation, client } = who;
  if (tenant === ALL_TENANTS) throw new DataError('tenant_missing', 'say for which tenant: payload.tenant');
  const { sub } = client.principal;
  const identity = canonicalJson(asJson([sub, client.id, operation, asJson(task)]));
  const request_id = `stream-${hash('sha256', identity, 'hex').slice(0, 40)}`;
  const { task_type: type, input, priority, timeout } = task;
  const definition = {
    name: STREAM_TASK.workflow,
    ...(timeout !== undefined && { timeoutSeconds: timeout }),
    // What a client sends is data: only what is written here is an expression.
    tasks: [{ id: STREAM_TASK.task, type, input: '{% $input.input %}' }],
  };
  return {
    run: runIdOf(tenant, request_id),
    begin: () =>
      bus.publish(STREAM_SOURCE, [
        {
          name: 'workflow_requested',
          detail: {
            ...{ workflow: STREAM_TASK.workflow, definition, input: { input }, request_id, tenant },
            ...{ correlation_id: request_id, requested_by: sub },
            ...(priority && { priority }),
          },
        },
      ]),
  };
}
