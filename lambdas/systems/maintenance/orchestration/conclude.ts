import type * as z from 'zod';
import type { AgentContext } from '../../../runtime/agent.ts';
import { engagementId } from '../engagement/engage.ts';
import { VEHICLES, type VehicleRecord } from '../fleet/records.ts';
import { changeRecord, recordsOf } from '../fleet/store.ts';
import { CHANNELS } from '../messages/channels.ts';
import { priorityOfUrgency } from '../messages/message-types.ts';
import { messageId, say } from '../messages/say.ts';
import { bookingId } from '../scheduling/schedule.ts';
import type { ArrangeInput, ArrangeResult, ConcludeInput, ConcludeResult } from '../task-shapes.ts';
import { closeFor } from './late.ts';

/** A yes leads to a visit; everything else ends the case, with what was said. What the customer says from now on is late. */
export async function arrange(
  { vehicle_id, diagnosis, outcome }: z.output<typeof ArrangeInput>,
  ctx: AgentContext,
): Promise<z.output<typeof ArrangeResult>> {
  const book = outcome === 'accepted' && diagnosis.part !== null;
  await closeFor('customer_reply', engagementId(ctx.runId), ctx);
  await changeCase(vehicle_id, ctx, (record) =>
    book ? { ...record, outcome, stage: 'scheduling' } : closed(record, outcome, outcome),
  );
  if (book && diagnosis.part)
    await say(ctx, CHANNELS.SCHEDULING_REQUEST, {
      ...{ type: 'SCHEDULING_REQUEST', id: messageId(ctx, 'scheduling'), sender: 'master_orchestrator' },
      ...{ receiver: 'scheduling_agent', priority: priorityOfUrgency(diagnosis.urgency) },
      payload: {
        ...{ vehicle_id, part: diagnosis.part, within_days: diagnosis.within_days, urgency: diagnosis.urgency },
        task: `${ctx.runId}/scheduling`,
      },
    });
  return { book };
}

/** Ends the case of this run; another run's is left alone. What is said of it from now on is late. */
export async function conclude(
  { vehicle_id, stage }: z.output<typeof ConcludeInput>,
  ctx: AgentContext,
): Promise<z.output<typeof ConcludeResult>> {
  await closeFor('customer_reply', engagementId(ctx.runId), ctx);
  await closeFor('feedback', bookingId(ctx.runId), ctx);
  await changeCase(vehicle_id, ctx, (record) => closed(record, stage, record.outcome));
  return { stage };
}

function closed(
  { open_run: _open, ...record }: VehicleRecord,
  stage: string,
  outcome: VehicleRecord['outcome'],
): VehicleRecord {
  return { ...record, stage, ...(outcome !== undefined && { outcome }) };
}

async function changeCase(
  vehicleId: string,
  ctx: AgentContext,
  change: (record: VehicleRecord) => VehicleRecord,
): Promise<void> {
  await changeRecord(recordsOf(ctx), VEHICLES, vehicleId, (record) =>
    record?.open_run === ctx.runId ? { next: change(record), answer: undefined } : { answer: undefined },
  );
}
