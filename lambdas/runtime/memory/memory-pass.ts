import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MemoryPass } from '../../contracts/memory-pass.ts';

/** What passes are signed with: the coordinator's and the memory Lambda's secret. */
export interface MemoryPassKey {
  /** Makes it if there is none. 256 bits. */
  make(): Promise<Uint8Array>;
  /** undefined: no pass was ever given. */
  find(): Promise<Uint8Array | undefined>;
}

/** What a pass is for: it is worth nothing for any other task, nor to any other agent. */
export interface PassHolder {
  readonly agent: string;
  readonly runId: string;
  readonly taskId: string;
}

/** Clocks of two Lambdas differ by less. */
const GRACE_MS = 60_000;

/** @param until when the attempt is void, ms */
export function passFor(holder: PassHolder, tenant: string, until: number, key: Uint8Array): MemoryPass {
  return { tenant, until, signature: signed(holder, tenant, until, key).toString('base64url') };
}

/** Whether this pass was given for this task to this agent, and its attempt is not over. */
export function isPassOf(
  holder: PassHolder,
  { tenant, until, signature }: MemoryPass,
  key: Uint8Array,
  now: number,
): boolean {
  const expected = signed(holder, tenant, until, key);
  const given = Buffer.from(signature, 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected) && now <= until + GRACE_MS;
}

const signed = ({ agent, runId, taskId }: PassHolder, tenant: string, until: number, key: Uint8Array): Buffer =>
  createHmac('sha256', key)
    .update(JSON.stringify(['memory', agent, tenant, runId, taskId, until]))
    .digest();
