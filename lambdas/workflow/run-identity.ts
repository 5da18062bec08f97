import { createHash } from 'node:crypto';
import type { Json } from '../contracts/json.ts';

/**
 * The run that a request stands for: `run_` and the first 40 hexadecimal digits of
 * sha256 over the JSON array of tenant and request id, which no two different pairs share.
 */
export function runIdOf(tenant: string, requestId: string): string {
  return `run_${sha256(JSON.stringify([tenant, requestId])).slice(0, 40)}`;
}

/**
 * What a request asks for, as 64 hexadecimal digits: sha256 over its canonical JSON, so the order of keys does not
 * matter. Under one request id every repeat must have the same digest.
 */
export function requestDigest(request: Json): string {
  return sha256(canonicalJson(request));
}

/** JSON with the keys of every object in code unit order. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
