import { fullJitter, type Retrying } from '../batches.ts';
import { isServiceError } from './service-failure.ts';

const ROUNDS = 6;
/** Refused before anything was done. */
const THROTTLED = [
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
];
/** What a call comes to when it reached the service: sending it again changes nothing. */
const ANSWERED = [
  'ConditionalCheckFailedException',
  'ValidationException',
  'AccessDeniedException',
  'ResourceNotFoundException',
];

/**
 * For clients that send once. `once`: only what the service has refused to take is sent again, never what got no answer;
 * `repeat`: that as well.
 */
export async function persistently<T>(
  call: () => Promise<T>,
  how: 'repeat' | 'once',
  { sleep, random }: Retrying,
): Promise<T> {
  for (let round = 1; ; round++) {
    try {
      return await call();
    } catch (error) {
      const mayRepeat = how === 'repeat' ? !isServiceError(error, ...ANSWERED) : isServiceError(error, ...THROTTLED);
      if (!mayRepeat || round >= ROUNDS) throw error;
      await sleep(fullJitter(round, random));
    }
  }
}
