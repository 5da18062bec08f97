import type { OcsfEvent } from '../contracts/ocsf.ts';
import type { SecurityEvent, SecurityEventKind } from '../contracts/security-events.ts';

/*
 * Security events as a SIEM reads them: OCSF 1.3.0 (https://schema.ocsf.io/1.3.0), classes Authentication (3002),
 * API Activity (6003) and Detection Finding (2004).
 */

interface Meaning {
  readonly class: 3002 | 6003 | 2004;
  /** Of the class. */
  readonly activity: number;
  /** 1 informational, 2 low, 3 medium, 4 high, 5 critical. */
  readonly severity: 1 | 2 | 3 | 4 | 5;
  readonly title: string;
  /** It went through. Default: it was refused, or is a finding. */
  readonly succeeded?: true;
}

const LOGON = 1;
const TICKET = 2;
const LOGOFF = 2;
const CREATE = 1;
const READ = 2;
const UPDATE = 3;
const DELETE = 4;
const OTHER = 99;

const MEANINGS: Readonly<Record<SecurityEventKind, Meaning>> = {
  authentication_failed: { class: 3002, activity: LOGON, severity: 3, title: 'A token was refused' },
  token_revoked_used: { class: 3002, activity: LOGON, severity: 4, title: 'A token that was taken back was used' },
  token_issued: { class: 3002, activity: TICKET + 1, severity: 1, title: 'A token was issued', succeeded: true },
  token_revoked: { class: 3002, activity: LOGOFF, severity: 1, title: 'A token was taken back', succeeded: true },
  authorization_denied: { class: 6003, activity: OTHER, severity: 3, title: 'A request was not permitted' },
  tenant_crossed: { class: 6003, activity: OTHER, severity: 4, title: "Another tenant's data was asked for" },
  self_approval_refused: { class: 6003, activity: UPDATE, severity: 4, title: 'An approval of oneself was refused' },
  rate_limited: { class: 6003, activity: OTHER, severity: 2, title: 'Requests came too fast' },
  request_refused: { class: 6003, activity: OTHER, severity: 3, title: 'A request was hostile or malformed' },
  signing_key_rotated: { class: 6003, activity: CREATE, severity: 1, title: 'A signing key was made', succeeded: true },
  tenant_erased: { class: 6003, activity: DELETE, severity: 3, title: 'A tenant was erased', succeeded: true },
  tenant_exported: { class: 6003, activity: READ, severity: 3, title: 'A tenant was exported', succeeded: true },
  message_signature_refused: { class: 2004, activity: CREATE, severity: 4, title: 'A message was not signed soundly' },
  message_replayed: { class: 2004, activity: CREATE, severity: 4, title: 'A message was sent again' },
  message_decryption_refused: { class: 2004, activity: CREATE, severity: 4, title: 'A message could not be decrypted' },
  sender_mismatch: { class: 2004, activity: CREATE, severity: 5, title: 'Somebody spoke in the name of another' },
  agent_quarantined: { class: 2004, activity: CREATE, severity: 4, title: 'An agent was quarantined' },
  behaviour_unusual: { class: 2004, activity: CREATE, severity: 3, title: 'Behaviour out of the ordinary' },
  audit_broken: { class: 2004, activity: CREATE, severity: 5, title: 'The audit or a journal was tampered with' },
};

const CATEGORIES = {
  3002: [3, 'Identity & Access Management'],
  6003: [6, 'Application Activity'],
  2004: [2, 'Findings'],
} as const;
const CLASSES = { 3002: 'Authentication', 6003: 'API Activity', 2004: 'Detection Finding' } as const;

/** @param uid the same for the same event */
export function toOcsf(event: SecurityEvent, uid: string): OcsfEvent {
  const meaning = MEANINGS[event.kind];
  const { class: class_uid, activity: activity_id, severity: severity_id, title, succeeded } = meaning;
  const [category_uid, category_name] = CATEGORIES[class_uid];
  const user = { name: event.sub ?? event.agent ?? 'unknown', ...(event.tenant && { org: { uid: event.tenant } }) };
  const api = { operation: [event.resource, event.action].filter(Boolean).join('.') || event.kind };
  const src_endpoint = { ip: event.source ?? '0.0.0.0' };
  return {
    ...{ category_uid, category_name, class_uid, class_name: CLASSES[class_uid] },
    ...{ activity_id, type_uid: class_uid * 100 + activity_id, severity_id, time: event.at },
    message: `${title}: ${event.reason}`,
    status_id: succeeded ? 1 : 2,
    ...(event.code !== undefined && { status_code: event.code }),
    metadata: {
      version: '1.3.0',
      uid,
      product: { name: 'Muster', vendor_name: 'Muster' },
      event_code: event.kind,
      ...(event.tenant !== undefined && { tenant_uid: event.tenant }),
      ...(event.correlation_id !== undefined && { correlation_uid: event.correlation_id }),
    },
    ...(class_uid === 3002 && { user, ...(event.source !== undefined && { src_endpoint }) }),
    ...(class_uid === 6003 && { actor: { user }, api, src_endpoint }),
    ...(class_uid === 2004 && { finding_info: { uid, title, desc: event.reason, types: [event.kind] } }),
    ...(event.target !== undefined && { resources: [{ name: event.target, type: event.resource ?? 'unknown' }] }),
  };
}
