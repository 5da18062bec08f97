import type { AgentAbilities } from './open-abilities.ts';
import type { Blobs, Bus, Claims, Clock, Ids, Logger, ObjectStore, Queues, Secrets, Visibility } from './ports.ts';
import type { MessageSecurity } from './signing/message-security.ts';

/** What the runtime of an agent touches; the agent's code sees of it only what its manifest names. */
export interface AgentPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly queues: Queues;
  readonly visibility: Visibility;
  readonly bus: Bus;
  readonly blobs: Blobs;
  /** Signs what it says and checks what it is told. */
  readonly messageSecurity: MessageSecurity;
  readonly secrets: Secrets;
  /** Needed for `effects: outside` only. */
  readonly claims: Claims | undefined;
  /** What the manifest's `uses` brings along; see open-abilities.ts. Default: nothing. */
  readonly abilities?: AgentAbilities;
  /** The bucket behind a name of `reaches.buckets`; undefined when the deployment has none. */
  bucket(name: string): ObjectStore | undefined;
  /** The secret's real name behind a name of `reaches.secrets`; undefined when the deployment has none. */
  secretName(name: string): string | undefined;
  setting(name: string): string | undefined;
  /** The URL of the inbox with this ARN; undefined when it isn't the agent's own. */
  inboxUrl(queueArn: string): string | undefined;
  /** Where reports go. */
  readonly coordinatorQueue: string;
}
