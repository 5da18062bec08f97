import { MusterError, SystemError } from '../../contracts/errors.ts';

/** The stable code of each service's failures: what breakers, alarms and retries know them by. */
export type ServiceCode =
  | 'state_store_unavailable'
  | 'registry_unavailable'
  | 'claims_unavailable'
  | 'ledger_unavailable'
  | 'budgets_unavailable'
  | 'leases_unavailable'
  | 'cache_unavailable'
  | 'memory_unavailable'
  | 'keys_unavailable'
  | 'audit_unavailable'
  | 'behaviour_store_unavailable'
  | 'inbox_unavailable'
  | 'stream_store_unavailable'
  | 'queue_unavailable'
  | 'bus_unavailable'
  | 'blob_store_unavailable'
  | 'object_store_unavailable'
  | 'secret_unavailable'
  | 'lifecycle_unavailable';

/**
 * Runs a service call; whatever it throws becomes a SystemError with this code. The message names the operation and
 * the service's own error, never the request.
 */
export async function serviceCall<T>(code: ServiceCode, operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof MusterError) throw error;
    const name = nameOf(error);
    const said = error instanceof Error ? `: ${error.message.slice(0, 500)}` : '';
    throw new SystemError(
      code,
      `${operation} failed with ${name}${said}`,
      { operation, error: name },
      { cause: error },
    );
  }
}

/** True when an SDK call threw the service's error of one of these names. */
export function isServiceError(error: unknown, ...names: string[]): boolean {
  return names.includes(nameOf(error));
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
