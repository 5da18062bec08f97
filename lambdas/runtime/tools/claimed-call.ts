import * as z from 'zod';
import { BlobRef } from '../../contracts/blob.ts';
import { ErrorReport } from '../../contracts/errors.ts';
import { Json } from '../../contracts/json.ts';
import type { AtWork } from '../abilities.ts';
import { recordedError } from '../durable/errors.ts';
import type { ToolCall } from './tool-call.ts';
import { digestOf } from './tool-hash.ts';

/** What a try came to. `again`: nothing has taken place, or a person wants it repeated; the next try has its own claim. */
export const Settled = z.union([
  z.strictObject({ value: Json }),
  z.strictObject({ ref: BlobRef }),
  z.strictObject({ error: ErrorReport }),
  z.strictObject({ again: z.string() }),
]);
export type Settled = z.infer<typeof Settled>;

export const argumentsDigest = (input: Json): string => digestOf(input).slice(0, 32);

/** The same call of the same task in another run differs by nothing but that run. */
export function claimKey(runId: string, { tool, input }: Pick<ToolCall, 'tool' | 'input'>, work: AtWork): string {
  const place = work.callId().split('/').at(-1);
  return `${work.taskType}#${runId}/${work.taskId}/${place}/${tool.name}/${argumentsDigest(input)}`;
}

export const claimOfTry = (key: string, number: number): string => (number === 1 ? key : `${key}/${number}`);

/** @throws what the call has failed with */
export async function openSettled(settled: Exclude<Settled, { again: string }>, { blobs }: AtWork): Promise<Json> {
  if ('error' in settled) throw recordedError(settled.error);
  return 'ref' in settled ? blobs.get(settled.ref) : settled.value;
}
