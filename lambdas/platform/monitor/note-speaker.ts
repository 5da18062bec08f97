import { MusterError } from '../../contracts/errors.ts';
import { accuseSpeaker, type GenuineEventPorts, speakerOf } from '../../runtime/signing/genuine-event.ts';

/** An agent that speaks for another, or as a person would. */
export function noteSpeaker(error: unknown, body: string, ports: Omit<GenuineEventPorts, 'messageSecurity'>): void {
  if (!(error instanceof MusterError) || error.code !== 'speaker_not_permitted') return;
  const { code, message } = error;
  const reason = message.slice(0, 500);
  const at = ports.clock.now();
  ports.securityLog.note({ kind: 'sender_mismatch', at, code, reason, target: 'monitor', ...speakerOf(body) });
  accuseSpeaker(error, body, ports);
}
