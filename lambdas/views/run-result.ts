import type { UpstreamValue } from '../contracts/blob.ts';
import { type Json, JsonObject } from '../contracts/json.ts';
import type { Blobs } from '../runtime/ports.ts';
import { type RunView, resultTasks } from './run-view.ts';

/** A result, wherever it lies. */
export async function openResult(blobs: Pick<Blobs, 'get'>, result: UpstreamValue | null): Promise<Json> {
  if (result === null) return null;
  if ('list' in result) return Promise.all(result.list.map((one) => openResult(blobs, one)));
  return 'ref' in result ? blobs.get(result.ref) : result.value;
}

/** What the run answered: the only output task's result, or each one's by its id. */
export async function resultOfRun({ blobs }: { readonly blobs: Pick<Blobs, 'get'> }, view: RunView): Promise<Json> {
  const results = view.batchResult ? JsonObject.parse(await openResult(blobs, view.batchResult)) : {};
  for (const task of resultTasks(view)) if (task.result) results[task.id] = await openResult(blobs, task.result);
  const [only, ...others] = Object.values(results);
  return only !== undefined && others.length === 0 ? only : results;
}
