import { MusterError } from '../../contracts/errors.ts';
import {
  contextTooLong,
  noSuchModel,
  notPermitted,
  requestRefused,
  saysTooLong,
  Throttled,
  Unavailable,
} from '../../runtime/models/errors.ts';

/** What went wrong at Bedrock, by the name of the service's error. */
export function bedrockFailure(error: unknown, began: boolean): Error {
  if (error instanceof MusterError) return error;
  const name = error instanceof Error ? error.name : typeof error;
  const said = (error instanceof Error ? error.message : String(error)).slice(0, 1_000);
  if (name === 'ThrottlingException' || name === 'ServiceQuotaExceededException') return new Throttled(said);
  // A model that is only being loaded.
  if (name === 'ModelNotReadyException') return new Throttled(said, 30);
  if (name === 'ValidationException') return saysTooLong(said) ? contextTooLong(said) : requestRefused(said);
  if (name === 'AccessDeniedException') return notPermitted(said);
  if (name === 'ResourceNotFoundException') return noSuchModel(said);
  if (began) return new Unavailable('model_stream_broken', `the answer broke off with ${name}: ${said}`, true, error);
  // Refused before the model began, so it costs nothing.
  const isFree = name === 'ServiceUnavailableException' || /ECONNREFUSED|ENOTFOUND/.test(`${name} ${said}`);
  return new Unavailable('model_unavailable', `Bedrock failed with ${name}: ${said}`, !isFree, error);
}
