import { DataError } from '../contracts/errors.ts';

/** What reading an object that is not there answers. */
export function objectMissing(bucket: string, key: string): DataError {
  return new DataError('object_missing', `there is no object "${key}" in bucket ${bucket}`, { bucket, key });
}
