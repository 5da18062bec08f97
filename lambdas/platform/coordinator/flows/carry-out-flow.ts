import type { BlobRef } from '../../../contracts/blob.ts';
import type { Header } from '../../../contracts/envelope.ts';
import { asJson, type Json, JsonObject } from '../../../contracts/json.ts';
import { LIMITS } from '../../../contracts/limits.ts';
import type { CancelRun, CheckFlow, GrantFlow, MessageType } from '../../../contracts/messages.ts';
import { DEFAULT_TENANT } from '../../../contracts/names.ts';
import { Priority, type PriorityLevel } from '../../../contracts/priority.ts';
import { type FlowEffect, flowEffects } from '../../../flow/effects.ts';
import type { FlowEvent } from '../../../flow/events.ts';
import type { Claim, FlowState } from '../../../flow/state.ts';
import { encodeMessage } from '../../../runtime/message-codec.ts';
import type { OutgoingMessage } from '../../../runtime/ports.ts';
import type { JournalEntry } from '../../../workflow/journal.ts';
import type { FlowPorts } from './flow-ports.ts';

/** The longest delay of an SQS message; later wakes are the sweeper's. */
const LONGEST_DELAY_MS = 900_000;
/** Messages of the platform stay true as long as SQS keeps them. */
const TTL_SECONDS = 1_209_600;

/**
 * Carries out what a flow's journal entries owe. Everything may happen twice: numbers only ever grow.
 * @param now of the turn, which has dealt with everything that was due by then
 */
export async function carryOutFlow(
  state: FlowState,
  entries: readonly JournalEntry<FlowEvent>[],
  now: number,
  ports: FlowPorts,
): Promise<void> {
  const effects = flowEffects(
    state,
    entries.flatMap(({ events }) => events),
  );
  const messages = await Promise.all(effects.map((effect) => messageOf(state, effect, ports)));
  const toRuns = messages.filter((message) => message !== undefined);
  if (toRuns.length > 0) await ports.queues.send(ports.coordinatorQueue, toRuns);
  for (const effect of effects) {
    if (effect.type !== 'timer' || effect.at > now) await keep(state, effect, entries.at(-1)?.seq, ports);
  }
}

/** What the effect tells a run, if it does. */
async function messageOf(state: FlowState, effect: FlowEffect, ports: FlowPorts): Promise<OutgoingMessage | undefined> {
  const { flowId } = state;
  switch (effect.type) {
    case 'tell': {
      const { run, claim } = effect;
      const { granted, refused } = claim;
      const batch = await batchOf(claim, ports);
      const payload: GrantFlow = {
        ...{ run_id: run, flow_id: flowId, granted },
        ...(refused && { refused }),
        ...(batch && { batch }),
      };
      return toRun(run, claim, 'grant_flow', asJson(payload), ports);
    }
    case 'check': {
      const payload: CheckFlow = { run_id: effect.run, flow_id: flowId, at: effect.claim.checked };
      return toRun(effect.run, effect.claim, 'check_flow', asJson(payload), ports);
    }
    case 'cancel': {
      const { run, claim, by } = effect;
      const request_id = `${flowId}/${by}`;
      const reason = `superseded by run ${by}`;
      const payload: CancelRun = { run_id: run, request_id, reason, requested_by: 'coordinator' };
      return toRun(run, claim, 'cancel_run', asJson(payload), ports);
    }
    default:
      return undefined;
  }
}

async function batchOf({ batch, claimant }: Claim, { blobs }: FlowPorts): Promise<GrantFlow['batch']> {
  if (!batch || 'leader' in batch) return batch;
  const inputs = await Promise.all(
    batch.items.map(async (item) => ('ref' in item ? JsonObject.parse(await blobs.get(item.ref)) : item.value)),
  );
  const large = JSON.stringify(inputs).length > LIMITS.inlineDocument;
  const items: { ref: BlobRef } | { value: JsonObject[] } = large
    ? { ref: await blobs.put(claimant.tenant, inputs) }
    : { value: inputs };
  return { items, members: [...batch.members] };
}

async function toRun(
  run: string,
  { claimant: { tenant, priority } }: Claim,
  type: MessageType,
  payload: Json,
  ports: FlowPorts,
): Promise<OutgoingMessage> {
  const header = headerOf(run, type, { tenant, priority }, ports);
  return {
    body: await encodeMessage({ header, payload }, ports),
    groupId: run,
    deduplicationId: ports.ids.uuid(),
  };
}

/** What the effect is about beside runs: the flow's own time, and where people find it. */
async function keep(
  { flowId, gate }: FlowState,
  effect: FlowEffect,
  seq: number | undefined,
  ports: FlowPorts,
): Promise<void> {
  const { clock, runs, flowDirectory, queues, timersQueue } = ports;
  switch (effect.type) {
    case 'timer': {
      const delay = Math.max(0, effect.at - clock.now());
      if (delay > LONGEST_DELAY_MS) return;
      const body = await wakeMessage({ flowId, ...(gate && { gate }) }, effect.at, ports);
      return queues.send(timersQueue, [{ body, delaySeconds: Math.ceil(delay / 1_000) }]);
    }
    case 'wake':
      return runs.setWake(flowId, effect.at, seq);
    case 'list':
      return flowDirectory.note(effect.gate, clock.now());
    case 'unlist':
      return flowDirectory.forget(effect.gate, clock.now());
  }
}

/** A message that makes the coordinator look at this flow again. */
export async function wakeMessage(
  { flowId, gate }: Pick<FlowState, 'flowId' | 'gate'>,
  due: number,
  ports: FlowPorts,
): Promise<string> {
  const about = { tenant: gate?.tenant ?? DEFAULT_TENANT, priority: Priority.normal };
  const header = headerOf(flowId, 'wake_flow', about, ports);
  return encodeMessage({ header, payload: { flow_id: flowId, due } }, ports);
}

function headerOf(
  about: string,
  type: MessageType,
  { tenant, priority }: { readonly tenant: string; readonly priority: PriorityLevel },
  { clock, ids }: FlowPorts,
): Header {
  return {
    message_id: ids.uuid(),
    correlation_id: about,
    timestamp: new Date(clock.now()).toISOString(),
    sender: 'coordinator',
    receiver: 'coordinator',
    message_type: type,
    priority,
    ttl: TTL_SECONDS,
    tenant,
    schema_version: 1,
  };
}
