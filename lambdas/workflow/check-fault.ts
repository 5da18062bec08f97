import { DataError } from '../contracts/errors.ts';
import type { JsonObject } from '../contracts/json.ts';

/** What is wrong with a document, and where: `field` points into it, such as "tasks.3.dependsOn.0". */
export function fault(code: string, field: string, message: string, more: JsonObject = {}): DataError {
  return new DataError(code, message.slice(0, 2_000), { field, ...more });
}
