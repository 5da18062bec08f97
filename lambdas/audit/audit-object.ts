import { hash } from 'node:crypto';
import { AuditObjectHead, AuditRecord } from '../contracts/audit.ts';
import { canonicalJson } from '../contracts/canonical-json.ts';
import { DataError } from '../contracts/errors.ts';

const sha256 = (text: string): string => hash('sha256', text, 'hex');

/** What the first object of a chain is chained to. */
export const chainBegin = (chain: string): string => sha256(`muster audit ${chain}`);

/** The hash of an object: of its bytes as they lie there. */
export const objectHash = (text: string): string => sha256(text);

/** One object of a chain, opened. */
export interface AuditObject {
  readonly head: AuditObjectHead;
  readonly records: readonly AuditRecord[];
}

export const auditObject = (
  head: Omit<AuditObjectHead, 'muster_audit' | 'records'>,
  records: readonly AuditRecord[],
): AuditObject => ({ head: { muster_audit: 1, ...head, records: records.length }, records });

/** An object as it is stored: lines of JSON, the first names the object before. */
export const encodeObject = ({ head, records }: AuditObject): string =>
  `${[head, ...records].map((line) => canonicalJson(line)).join('\n')}\n`;

/** @throws DataError `audit_object_unreadable` */
export function decodeObject(text: string): AuditObject {
  const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : [];
  const [first, ...rest] = lines.map(parsed);
  const head = AuditObjectHead.safeParse(first);
  if (!head.success) throw unreadable('its first line is none');
  const records = rest.map((line) => AuditRecord.safeParse(line));
  const bad = records.findIndex(({ success }) => !success);
  if (bad >= 0) throw unreadable(`line ${bad + 2} is no record`);
  if (records.length !== head.data.records)
    throw unreadable(`it has ${records.length} records, and says ${head.data.records}`);
  return { head: head.data, records: records.flatMap(({ data }) => data ?? []) };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function unreadable(reason: string): DataError {
  return new DataError('audit_object_unreadable', `no object of the audit: ${reason}`);
}
