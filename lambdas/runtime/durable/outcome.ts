import { DataError, type ErrorReport } from '../../contracts/errors.ts';
import type { Json } from '../../contracts/json.ts';

/** What the work of an operation came to. */
export type Outcome = { readonly value: Json } | { readonly error: ErrorReport };

/** What the handler is told of it. */
export type Told<T> = { readonly value: T } | { readonly error: Error };

/** As it would come back from the record, so that the first run sees what later ones do. @throws DataError `step_not_json` */
export function asRecorded(name: string, result: unknown): Json {
  try {
    return result === undefined ? null : JSON.parse(JSON.stringify(result) ?? 'null');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataError('step_not_json', `the result of "${name}" can't be remembered, since it is no JSON: ${reason}`);
  }
}
