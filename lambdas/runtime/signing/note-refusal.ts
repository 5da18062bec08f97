import type { MusterError } from '../../contracts/errors.ts';
import type { SecurityLog } from '../../contracts/security-events.ts';
import type { Clock, Logger } from '../ports.ts';
import { type RefusalCode, refusalEvent } from './refusal.ts';

interface NotePorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly securityLog: Pick<SecurityLog, 'note'>;
}

/** Tells people and the audit of a message that was refused; it is not tried again. @param about where it was met */
export function noteRefusal(
  error: MusterError & { readonly code: RefusalCode },
  about: { readonly agent?: string; readonly target?: string },
  { clock, logger, securityLog }: NotePorts,
): void {
  const { code, message: reason, details } = error;
  logger.warn('message refused', { code, reason, ...about, ...details });
  securityLog.note(refusalEvent(error, clock.now(), about));
}
