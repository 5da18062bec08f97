import { DataError } from '../../lambdas/contracts/errors.ts';
import { CliError } from '../cli-error.ts';

/** What one may do about it, on the command line. */
const NEXT: Readonly<Record<string, string>> = {
  unknown_run: 'list them with "muster runs"',
  not_begun: 'look at "muster status"',
  unreadable_journal: 'another version has written it: use the command line of the version that is deployed',
  unknown_entry: '0 is before the first',
};

/** @throws CliError for what a view finds wrong with what was asked for */
export async function explained<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    throw error instanceof DataError && error.code in NEXT ? asCliError(error) : error;
  });
}

export function explainedAtOnce<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof DataError && error.code in NEXT ? asCliError(error) : error;
  }
}

const asCliError = (error: DataError): CliError => new CliError(error.message, NEXT[error.code], { cause: error });
