import type { PutEventsRequestEntry, PutEventsResponse } from '@aws-sdk/client-eventbridge';
import { DataError, SystemError } from '../../contracts/errors.ts';
import { withHops } from '../../runtime/hops.ts';
import type { Bus } from '../../runtime/ports.ts';
import { BATCH, batchesOf, type Retrying, sendUntilTaken } from '../batches.ts';
import { eventBytes } from '../event-bytes.ts';
import { secureRandom, systemSleep } from '../system.ts';
import { serviceCall } from './service-failure.ts';

/** One request of at most ten entries. */
export type PutEvents = (
  entries: readonly PutEventsRequestEntry[],
) => Promise<Pick<PutEventsResponse, 'Entries' | 'FailedEntryCount'>>;

const CODE = 'bus_unavailable';
const SYSTEM: Retrying = { sleep: systemSleep, random: secureRandom };
/** Codes of entries that the bus will never take, however often they are sent. */
const BAD_EVENT = ['MalformedDetail', 'InvalidArgument', 'EntryTooLarge'];
const NOT_PERMITTED = /^NotAuthorized|AccessDenied/;

/** The bus behind a way of putting events on it. @throws DataError `event_refused` for what it will never take */
export function busBy(putEvents: PutEvents, busName: string, retrying: Retrying = SYSTEM): Bus {
  async function putOnce(entries: readonly PutEventsRequestEntry[]): Promise<PutEventsRequestEntry[]> {
    const answer = await putEvents(entries);
    if (!answer.FailedEntryCount) return [];
    const codes = (answer.Entries ?? []).map((entry) => entry.ErrorCode);
    const bad = codes.findIndex((code) => code !== undefined && BAD_EVENT.includes(code));
    if (bad >= 0) throw eventRefused(entries[bad]?.DetailType, codes[bad] ?? '');
    const denied = codes.find((code) => code !== undefined && NOT_PERMITTED.test(code));
    if (denied) throw new SystemError(CODE, `the bus refuses ${entries[0]?.Source} as a source: ${denied}`);
    return entries.filter((_entry, index) => codes[index] !== undefined);
  }

  const put = (entries: readonly PutEventsRequestEntry[]): Promise<void> =>
    serviceCall(CODE, `publishing on ${busName}`, async () => {
      const tooLarge = entries.find((entry) => eventBytes(entry) > BATCH.bytes);
      if (tooLarge) throw eventRefused(tooLarge.DetailType, 'it is larger than 1 MiB');
      for (const batch of batchesOf(entries, eventBytes)) {
        const left = await sendUntilTaken(batch, putOnce, retrying);
        if (left.length > 0) throw new SystemError(CODE, `${left.length} events were not taken by ${busName}`);
      }
    });

  const entryOf = (source: string, type: string, detail: unknown): PutEventsRequestEntry => ({
    EventBusName: busName,
    Source: source,
    DetailType: type,
    Detail: JSON.stringify(detail),
  });

  return {
    publish: (source, events) => put(events.map((event) => entryOf(source, event.name, event.detail))),
    publishToChannel: (source, channel, detail, hops) => put([entryOf(source, channel, withHops(detail, hops))]),
  };
}

function eventRefused(type: string | undefined, reason: string): DataError {
  return new DataError('event_refused', `the bus refuses an event of type ${type}: ${reason}`);
}
