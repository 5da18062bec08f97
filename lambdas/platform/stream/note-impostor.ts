import type { DataError } from '../../contracts/errors.ts';
import { speakerOf } from '../../runtime/signing/genuine-event.ts';
import type { WritePorts } from './stream-ports.ts';

const IMPOSTURES: ReadonlySet<string> = new Set(['speaker_not_permitted', 'identity_mismatch']);

/** Tells the audit of somebody who speaks for another; what is merely malformed is for the log. */
export function noteImpostor(
  { code, message, details }: DataError,
  body: string,
  { clock, securityLog }: Pick<WritePorts, 'clock' | 'securityLog'>,
): void {
  if (!IMPOSTURES.has(code)) return;
  const reason = message.slice(0, 500);
  const { agent } = details ?? {};
  const speaker = typeof agent === 'string' ? { agent } : speakerOf(body);
  securityLog.note({ kind: 'sender_mismatch', at: clock.now(), code, reason, target: 'stream', ...speaker });
}
