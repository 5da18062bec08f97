import { DataError } from '../../../lambdas/contracts/errors.ts';

/** The DataError that something throws, in the parts that tests look at. */
export function faultOf(act: () => unknown): { code: string; field: unknown; message: string; cycle: unknown } {
  try {
    act();
  } catch (error) {
    if (error instanceof DataError) {
      return { code: error.code, field: error.details?.field, message: error.message, cycle: error.details?.cycle };
    }
    throw error;
  }
  throw new Error('nothing was thrown');
}
