import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Bus } from '../../runtime/ports.ts';
import type { Retrying } from '../batches.ts';
import { busBy } from './put-events.ts';

/** The bus on EventBridge. @throws DataError `event_refused` for what it will never take */
export const eventBridgeBus = (client: EventBridgeClient, busName: string, retrying?: Retrying): Bus =>
  busBy((entries) => client.send(new PutEventsCommand({ Entries: [...entries] })), busName, retrying);
