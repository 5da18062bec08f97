import * as z from 'zod';
import type { Bus } from '../../runtime/ports.ts';
import type { Retrying } from '../batches.ts';
import type { ClientSettings } from './clients.ts';
import { jsonRequests } from './json-request.ts';
import { busBy } from './put-events.ts';
import type { Credentials } from './sign-request.ts';

const EVENTS = { name: 'events', contentType: 'application/x-amz-json-1.1', target: 'AWSEvents' } as const;

/** What counts of the answer. */
const Answer = z.object({
  FailedEntryCount: z.number().default(0),
  Entries: z.array(z.object({ ErrorCode: z.string().optional() })).default([]),
});

/** The bus on EventBridge without the SDK's client, for agents: it would be a twentieth of their bundle (docs/decisions/0009). */
export function signedEventBridgeBus(
  settings: ClientSettings,
  busName: string,
  credentials: () => Credentials,
  retrying?: Retrying,
): Bus {
  const call = jsonRequests(settings, EVENTS, credentials, retrying?.sleep);
  return busBy(async (Entries) => Answer.parse(await call('PutEvents', { Entries })), busName, retrying);
}
