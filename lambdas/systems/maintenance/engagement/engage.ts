import { hash } from 'node:crypto';
import * as z from 'zod';
import { MusterError } from '../../../contracts/errors.ts';
import type { AgentContext } from '../../../runtime/agent.ts';
import { CUSTOMERS, ENGAGEMENTS } from '../fleet/records.ts';
import type { Customer, EngagementOutcome } from '../fleet/shapes.ts';
import { changeRecord, readRecord, recordsOf } from '../fleet/store.ts';
import { wordRead } from '../fleet/words.ts';
import { CHANNELS } from '../messages/channels.ts';
import { priorityOfUrgency } from '../messages/message-types.ts';
import { messageId, say } from '../messages/say.ts';
import type { EngageInput, EngageResult } from '../task-shapes.ts';
import { nextAllowed } from './quiet-hours.ts';
import { readAnswer } from './read-answer.ts';
import { letterTo } from './templates.ts';

const HOUR_S = 3_600;
const DAY_S = 86_400;
/** A customer who says "later" so often has said no to nothing yet: a person talks to them. */
const MOST_LATERS = 2;
/** Contacts that are remembered of a customer. */
const REMEMBERED = 20;
/** So long it takes to see whether an answer has come that nobody waited for. */
const LOOK_S = 60;

export interface EngageSettings {
  readonly answerHours: number;
  readonly letters: number;
  readonly laterDays: number;
  readonly personDays: number;
}
type Input = z.output<typeof EngageInput>;
type Result = z.output<typeof EngageResult>;

const Reply = z.object({ answer: z.string().default(''), message_id: z.string().optional() });
/** Also what outsiders name it by, so it must not be guessed from a vehicle. */
export const engagementId = (runId: string): string => `ENG-${hash('sha256', `engagement/${runId}`).slice(0, 16)}`;

/**
 * Asks the customer: letters while nobody answers, a pause when they say "later", a person where letters lead nowhere or nobody
 * knows what was meant. Nothing is sent without consent, which may be taken back at any time, nor in quiet hours, and silence is
 * never a yes.
 */
export async function engage(input: Input, ctx: AgentContext, settings: EngageSettings): Promise<Result> {
  const id = engagementId(ctx.runId);
  const asked = await ctx.step('who is asked', () => customerOf(input, id, ctx));
  let contacts = 0;
  const ended = (outcome: EngagementOutcome, comment = ''): Promise<Result> =>
    tell(input, ctx, { outcome, contacts, engagement_id: id, comment });
  if (!asked) return ended('unknown_customer');
  let unanswered = 0;
  let laters = 0;
  while (unanswered < settings.letters && laters <= MOST_LATERS) {
    const customer = await mayBeSent(asked.customer_id, ctx);
    if (!customer) return ended('no_consent');
    contacts += 1;
    const number = contacts;
    await ctx.step(`letter ${number}`, () => send(input, customer, { id, number, again: number > 1 }, ctx));
    const said = await answerTo(id, settings.answerHours * HOUR_S, ctx);
    if (said === undefined) {
      unanswered += 1;
      await ctx.step(`silence ${number}`, () => tellSilence(input, id, number, ctx));
      continue;
    }
    const meaning = readAnswer(said);
    if (meaning === 'yes') return ended('accepted', said);
    if (meaning === 'no') return ended('declined', said);
    if (meaning === 'unclear') return byPerson(said);
    laters += 1;
    unanswered = 0;
    await ctx.wait({ seconds: settings.laterDays * DAY_S });
  }
  return byPerson('');

  async function byPerson(said: string): Promise<Result> {
    const why = said
      ? `has answered "${said}"`
      : laters > MOST_LATERS
        ? 'says "later" again and again'
        : 'does not answer';
    const question = `${asked?.name ?? 'The customer'} ${why}. Please call: shall a visit be booked for ${input.vehicle_id}?`;
    try {
      const { decision, comment = '' } = await ctx.ask(
        {
          ...{
            question: question.slice(0, 2_000),
            options: ['accepted', 'declined', 'not reached'],
            to: 'service desk',
          },
          shows: { vehicle_id: input.vehicle_id, reason: input.diagnosis.reason, urgency: input.diagnosis.urgency },
          remindAfterSeconds: [DAY_S],
        },
        { timeoutSeconds: settings.personDays * DAY_S },
      );
      if (decision === 'accepted' || decision === 'declined') return ended(decision, comment);
      return unreached(comment);
    } catch (error) {
      if (error instanceof MusterError && error.code === 'no_decision') return unreached('nobody called');
      throw error;
    }
  }

  /** What the customer has written while a person was to call them counts. */
  async function unreached(comment: string): Promise<Result> {
    const late = await answerTo(id, LOOK_S, ctx);
    const meaning = late === undefined ? undefined : readAnswer(late);
    if (meaning === 'yes') return ended('accepted', late);
    if (meaning === 'no') return ended('declined', late);
    return ended('silent', late ?? comment);
  }
}

/** Waits until the customer may be written to, as they want it by then; null: they have not agreed, or do no more. */
async function mayBeSent(customerId: string, ctx: AgentContext): Promise<Customer | null> {
  for (;;) {
    const { customer, waitUntil } = await ctx.step('when it may be sent', async () => {
      const now = ctx.clock.now();
      const known = await readRecord(recordsOf(ctx), CUSTOMERS, customerId);
      if (!known?.customer.consent) return { customer: null, waitUntil: null };
      const next = nextAllowed(known.customer, now);
      return { customer: known.customer, waitUntil: next > now ? next : null };
    });
    if (waitUntil === null) return customer;
    await ctx.wait({ until: new Date(waitUntil) });
  }
}

/** What the customer answers in time; undefined: nothing. */
async function answerTo(id: string, timeoutSeconds: number, ctx: AgentContext): Promise<string | undefined> {
  try {
    const reply = await ctx.wait({ event: 'customer_reply', key: id, timeoutSeconds });
    const { answer, message_id } = Reply.catch({ answer: '' }).parse(reply);
    if (message_id !== undefined) await ctx.step('the answer is read', () => wordRead(recordsOf(ctx), id, message_id));
    return answer;
  } catch (error) {
    if (error instanceof MusterError && error.code === 'wait_timeout') return undefined;
    throw error;
  }
}

/** Who is asked; makes the engagement known to those who pass answers on. */
async function customerOf({ vehicle_id, customer_id }: Input, id: string, ctx: AgentContext): Promise<Customer | null> {
  if (customer_id === null) return null;
  const records = recordsOf(ctx);
  const found = await readRecord(records, CUSTOMERS, customer_id);
  if (found)
    await changeRecord(records, ENGAGEMENTS, id, (known) => ({
      ...(!known && { next: { run_id: ctx.runId, vehicle_id, letters: [] } }),
      answer: null,
    }));
  return found?.customer ?? null;
}

interface Letter {
  readonly id: string;
  readonly number: number;
  readonly again: boolean;
}

/** Whoever carries letters listens on this channel; the id of a message is the same when it is said again. */
async function send(input: Input, customer: Customer, { id, number, again }: Letter, ctx: AgentContext): Promise<null> {
  const { diagnosis, vehicle_id } = input;
  const urgency = diagnosis.urgency === 'none' ? 'soon' : diagnosis.urgency;
  const content = letterTo(customer, diagnosis, urgency, again);
  await say(ctx, CHANNELS.CUSTOMER_ENGAGEMENT_RESULT, {
    ...{ type: 'CUSTOMER_ENGAGEMENT', id: messageId(ctx, `letter-${number}`), sender: 'customer_engagement_agent' },
    ...{ receiver: 'external_system', priority: priorityOfUrgency(diagnosis.urgency) },
    payload: {
      ...{ vehicle_id, customer_id: customer.customer_id, channel: customer.channel, engagement_id: id },
      ...{ content, contacts: number },
    },
  });
  const at = new Date(ctx.clock.now()).toISOString();
  await changeRecord(recordsOf(ctx), ENGAGEMENTS, id, (known) => ({
    ...(known && {
      next: { ...known, letters: [...known.letters.filter((one) => one.number !== number), { number, at, content }] },
    }),
    answer: null,
  }));
  return changeRecord(recordsOf(ctx), CUSTOMERS, customer.customer_id, (record) => ({
    ...(record && { next: { ...record, contacted_at: [...record.contacted_at, at].slice(-REMEMBERED) } }),
    answer: null,
  }));
}

/** A letter that nobody has answered is a timeout like any other: the orchestrator hears of it. */
async function tellSilence({ vehicle_id }: Input, id: string, number: number, ctx: AgentContext): Promise<null> {
  const letter = messageId(ctx, `letter-${number}`);
  await say(ctx, CHANNELS.SYSTEM_TIMEOUT, {
    ...{ type: 'ACK', id: messageId(ctx, `silence-${number}`), sender: 'customer_engagement_agent' },
    ...{ receiver: 'master_orchestrator', replyTo: letter },
    payload: {
      acknowledged_message_id: letter,
      status: 'unanswered',
      detail: `${vehicle_id}, ${id}, letter ${number}`,
    },
  });
  return null;
}

async function tell({ vehicle_id, customer_id, diagnosis }: Input, ctx: AgentContext, result: Result): Promise<Result> {
  const { outcome, contacts, engagement_id } = result;
  await ctx.step('tell the outcome', async () => {
    await say(ctx, CHANNELS.CUSTOMER_ENGAGEMENT_RESULT, {
      ...{ type: 'CUSTOMER_ENGAGEMENT', id: messageId(ctx, 'result'), sender: 'customer_engagement_agent' },
      ...{ receiver: 'master_orchestrator', priority: priorityOfUrgency(diagnosis.urgency) },
      replyTo: `${ctx.runId}/decide/engagement`,
      payload: { vehicle_id, customer_id, outcome, contacts, engagement_id },
    });
    return null;
  });
  return result;
}
