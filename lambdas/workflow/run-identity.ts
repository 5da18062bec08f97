import { hash } from 'node:crypto';
import { canonicalJson } from '../contracts/canonical-json.ts';
import type { Json } from '../contracts/json.ts';

/**
 * The run that a request stands for: `run_` and the first 40 hexadecimal digits of
 * sha256 over the JSON array of tenant and request id, which no two different pairs share.
 */
export function runIdOf(tenant: string, requestId: string): string {
  return `run_${sha256(JSON.stringify([tenant, requestId])).slice(0, 40)}`;
}

/** The run that a sub-workflow task is, in this attempt. */
export function childRunId(
  parent: { readonly runId: string; readonly request: { readonly tenant: string } },
  taskId: string,
  attempt: number,
): string {
  return runIdOf(parent.request.tenant, childRequestId(parent.runId, taskId, attempt));
}

/** The request id under which a sub-workflow runs. Hashed, since a task's id may be as long as a request's. */
export function childRequestId(parentRunId: string, taskId: string, attempt: number): string {
  return `child_${sha256(JSON.stringify([parentRunId, taskId, attempt])).slice(0, 40)}`;
}

/**
 * What a request asks for, as 64 hexadecimal digits: sha256 over its canonical JSON, so the order of keys does not
 * matter. Under one request id every repeat must have the same digest.
 */
export function requestDigest(request: Json): string {
  return sha256(canonicalJson(request));
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}
