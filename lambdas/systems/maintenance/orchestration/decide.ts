import type * as z from 'zod';
import type { AgentContext } from '../../../runtime/agent.ts';
import { VEHICLES, type VehicleRecord } from '../fleet/records.ts';
import type { Diagnosis, EngagementOutcome } from '../fleet/shapes.ts';
import { changeRecord, recordsOf } from '../fleet/store.ts';
import { CHANNELS } from '../messages/channels.ts';
import { priorityOfUrgency } from '../messages/message-types.ts';
import { messageId, say, sayError } from '../messages/say.ts';
import type { DecideInput, DecideResult } from '../task-shapes.ts';
import { caseTasks } from '../workflows/case-tasks.ts';

const DAY_MS = 86_400_000;
/** A case that has not ended by then never will: its run's deadline is over. */
export const CASE_DAYS = 60;

/** Cases that are remembered of a vehicle. */
const MOST_CASES = 100;
/** Why nobody is asked again at once. */
const UNWANTED: Readonly<Record<EngagementOutcome, string | undefined>> = {
  accepted: undefined,
  declined: 'the customer has said no',
  silent: 'the customer has not answered',
  no_consent: 'the customer does not want to be written to',
  unknown_customer: 'nobody knows the customer',
};

type Input = z.output<typeof DecideInput>;
type Decision = z.output<typeof DecideResult>;

/**
 * Notes what was found, and takes the case if nobody has: of two runs about one vehicle, one engages the customer. Its tasks get
 * the priority of what was found.
 */
export async function decide(input: Input, ctx: AgentContext, snoozeDays: number): Promise<Decision> {
  const { vehicle_id, diagnosis } = input;
  const decision = await changeRecord(recordsOf(ctx), VEHICLES, vehicle_id, (record) =>
    taken(input, record, { runId: ctx.runId, now: ctx.clock.now(), snoozeDays }),
  ).catch(async (error: unknown) => {
    await sayError(ctx, 'master_orchestrator', messageId(ctx, `error-${ctx.attempt}`), error, vehicle_id);
    throw error;
  });
  if (!decision.act) return decision;
  const priority = priorityOfUrgency(decision.urgency);
  await say(ctx, CHANNELS.CUSTOMER_ENGAGEMENT_REQUEST, {
    ...{ type: 'CUSTOMER_ENGAGEMENT', id: messageId(ctx, 'engagement'), sender: 'master_orchestrator' },
    ...{ receiver: 'customer_engagement_agent', priority },
    payload: { vehicle_id, customer_id: decision.customer_id, diagnosis, task: `${ctx.runId}/engagement` },
  });
  ctx.addTasks(caseTasks(priority));
  return decision;
}

interface At {
  readonly runId: string;
  readonly now: number;
  readonly snoozeDays: number;
}

function taken({ analysis, diagnosis }: Input, record: VehicleRecord | undefined, { runId, now, snoozeDays }: At) {
  const nothing = (why: string): Decision => ({ act: false, why, urgency: diagnosis.urgency, customer_id: null });
  if (!record) return { answer: nothing('nothing is known of the vehicle') };
  const noted: VehicleRecord = { ...record, analysis, diagnosis, updated_at: new Date(now).toISOString() };
  const why = reasonNotTo(diagnosis, record, runId, now, snoozeDays);
  if (why !== undefined) return { next: noted, answer: nothing(why) };
  const { booking: _booking, feedback: _feedback, outcome: _outcome, ...rest } = noted;
  const opened = diagnosis.part
    ? { run_id: runId, part: diagnosis.part, at: new Date(now).toISOString(), confirmed: null }
    : undefined;
  const others = record.cases.filter(({ run_id }) => run_id !== runId);
  return {
    next: {
      ...rest,
      open_run: runId,
      stage: 'engagement',
      cases: [...others, ...(opened ? [opened] : [])].slice(-MOST_CASES),
    },
    answer: { act: true, why: diagnosis.reason, urgency: diagnosis.urgency, customer_id: record.customer_id },
  };
}

function reasonNotTo(
  { urgency, part }: Diagnosis,
  { open_run, cases, outcome, stage }: VehicleRecord,
  runId: string,
  now: number,
  snoozeDays: number,
): string | undefined {
  if (urgency === 'none') return 'nothing is wrong';
  if (open_run === runId) return undefined;
  const last = cases.at(-1);
  const age = last ? (now - Date.parse(last.at)) / DAY_MS : Number.POSITIVE_INFINITY;
  if (open_run !== undefined && age < CASE_DAYS) return `there is a case already: ${stage ?? 'open'}`;
  if (last?.confirmed === false && last.part === part && age < snoozeDays) return 'a garage has just looked at it';
  const unwanted = outcome === undefined ? undefined : UNWANTED[outcome];
  if (unwanted !== undefined && age < snoozeDays && urgency !== 'safety') return unwanted;
  return undefined;
}
