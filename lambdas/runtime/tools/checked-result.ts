import { Json } from '../../contracts/json.ts';
import type { Checked } from '../tool.ts';

/** As it comes back from a record. What is undefined becomes null. */
export function checkedResult(result: unknown): Checked {
  try {
    const parsed = Json.safeParse(JSON.parse(JSON.stringify(result ?? null)));
    return parsed.success ? { value: parsed.data } : { problem: 'it is no JSON' };
  } catch (error) {
    return { problem: `it is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
