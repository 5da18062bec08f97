import type { OcsfEvent } from '../../contracts/ocsf.ts';
import type { AuditStore } from '../../runtime/audit-store.ts';
import type { Blobs, Clock, Logger } from '../../runtime/ports.ts';
import type { MessageSecurity } from '../../runtime/signing/message-security.ts';
import type { Journal } from '../../workflow/journal.ts';

/** Whoever watches over security: a bus, a bucket, a SIEM behind them. */
export interface Siem {
  /** The same event may come again, with the same `metadata.uid`. @param object names where the events are kept in the audit */
  tell(events: readonly OcsfEvent[], object: { readonly chain: string; readonly seq: number }): Promise<void>;
}

/** Those who read the audit as it grows. */
export interface AuditReaders {
  /** A chain has something new. The same may be said again; one that is not said is made up for. */
  tell(chain: string): Promise<void>;
}

/** Everything the audit touches. */
export interface AuditPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly auditStore: AuditStore;
  readonly journal: Pick<Journal, 'read'>;
  readonly blobs: Pick<Blobs, 'get'>;
  /** Checks who has said what lies on the bus. */
  readonly messageSecurity: MessageSecurity;
  readonly siem: Siem;
  /** Whoever reads the audit as it grows. Default: nobody does. */
  readonly readers?: AuditReaders;
}
